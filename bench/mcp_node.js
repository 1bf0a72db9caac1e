// Baseline of the plugin: a bare Node server of the Model Context Protocol, without any library. It
// parses each line and answers with one small object, as text and as structuredContent.
const lines = require("node:readline").createInterface({ input: process.stdin });
let out = "";
function flush() {
  process.stdout.write(out);
  out = "";
}
lines.on("line", (line) => {
  const message = JSON.parse(line);
  if (message.id === undefined) return;
  let result = {};
  if (message.method === "tools/call") {
    const answer = { name: message.params.name, restart_pending: null, heartbeats: [] };
    result = { content: [{ type: "text", text: JSON.stringify(answer) }],
               structuredContent: answer, isError: false };
  } else if (message.method === "initialize") {
    result = { protocolVersion: message.params.protocolVersion, capabilities: { tools: {} },
               serverInfo: { name: "bare", version: "1" } };
  }
  if (out === "") setImmediate(flush);
  out += JSON.stringify({ jsonrpc: "2.0", id: message.id, result }) + "\n";
});
