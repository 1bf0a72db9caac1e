// Baseline of the heartbeat: what a plain Node server does. Prints its port.
const http = require("node:http");
const beats = new Map();
const server = http.createServer((request, response) => {
  let text = "";
  request.on("data", (part) => (text += part));
  request.on("end", () => {
    const agent = request.url.slice("/heartbeat/".length);
    const now = new Date();
    const beat = text ? JSON.parse(text) : {};
    beats.set(agent, { at: now, beat });
    const body = JSON.stringify({
      status: "ok", agent_id: agent, timestamp: now.toISOString(), next_heartbeat: 30,
    });
    response.writeHead(200, { "Content-Type": "application/json",
                              "Content-Length": Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", 4096, () => console.log(server.address().port));
