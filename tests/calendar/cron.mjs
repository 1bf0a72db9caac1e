// Answers cron questions with other people's libraries. stdin: lines "LIBRARY <tab> EXPRESSION
// <tab> START <tab> ZONE <tab> COUNT"; stdout: instants, spaces between; "! " and the error.
// The first argument is the directory with node_modules.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/package.json"));
const { Cron } = require("croner");
const { CronExpressionParser } = require("cron-parser");

function croner(expression, start, zone, count) {
  const found = [];
  const cron = new Cron(expression, { timezone: zone, paused: true });
  let at = new Date(start);
  while (found.length < count) {
    at = cron.nextRun(at);
    if (at === null) break;
    found.push(at.getTime() / 1000);
  }
  return found;
}

function cronParser(expression, start, zone, count) {
  const found = [];
  const cron = CronExpressionParser.parse(expression, { currentDate: new Date(start), tz: zone });
  while (found.length < count) found.push(cron.next().getTime() / 1000);
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [library, expression, start, zone, count] = line.split("\t");
  try {
    const ask = library === "croner" ? croner : cronParser;
    console.log(ask(expression, start, zone, Number(count)).join(" "));
  } catch (error) {
    console.log("! " + String(error.message).replaceAll("\n", " "));
  }
}
