// Drives one MCP server over stdio with an official client: node client.mjs sdk|legacy|auto|pinned PROGRAM
// Standard input: {"calls":[{"tool":"get_run","arguments":{…}},…]}, made one after another. Standard output: one JSON object with the
// negotiated version, the tools as the client understood them, each result or error, and the progress notifications of each call.
import { text } from 'node:stream/consumers';

const [, , era, program] = process.argv;
const info = { name: 'mcp-clients', version: '1.0.0' };

async function connect() {
  if (era === 'sdk') {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
    const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
    return [new Client(info, { capabilities: {} }), StdioClientTransport];
  }
  const { Client } = await import('@modelcontextprotocol/client');
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  const mode = era === 'pinned' ? { pin: '2026-07-28' } : era;
  return [new Client(info, { capabilities: {}, versionNegotiation: { mode } }), StdioClientTransport];
}

const order = JSON.parse(await text(process.stdin));
const [client, Transport] = await connect();
const problems = [];
client.onerror = (error) => problems.push(String(error));
await client.connect(new Transport({ command: program, args: ['mcp'], env: process.env, stderr: 'inherit' }));

const told = {
  server: client.getServerVersion(),
  instructions: client.getInstructions(),
  version: client.getNegotiatedProtocolVersion?.() ?? null,
  tools: (await client.listTools()).tools,
  calls: [],
  problems,
};
for (const { tool, arguments: args } of order.calls) {
  const progress = [];
  const call = { name: tool, arguments: args };
  const options = { onprogress: (step) => progress.push(step), timeout: 60_000, resetTimeoutOnProgress: true };
  try {
    const result = era === 'sdk' ? await client.callTool(call, undefined, options) : await client.callTool(call, options);
    told.calls.push({ result, progress });
  } catch (error) {
    told.calls.push({ error: String(error), code: error.code, progress });
  }
}
await client.close();
console.log(JSON.stringify(told));
