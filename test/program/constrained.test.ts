import { expect, it } from 'vitest';
import { runProgram, scriptedServer } from '../support/program.ts';
import {
  final,
  toolCall,
  type GenerateCall,
  type ScriptedReply,
} from '../support/ollama-server.ts';
import { inStress, some } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const BROKEN = '<tool>{"name": "list_files" "args"';
const formats = (calls: GenerateCall[]) => calls.map(({ body }) => typeof body['format']);

async function ask(replies: ScriptedReply[]) {
  const server = await scriptedServer(replies);
  const result = await runProgram(['go'], {
    cwd: temporaryFolder({ 'a.txt': '' }),
    host: server.url,
  });
  return { server, ...result };
}

it('a model that gets the tags wrong once is held to JSON by a schema, but only for one reply', async () => {
  const call = '{"name":"list_files","args":{"path":"."}}';
  const { server, code, stdout } = await ask([BROKEN, call, '{"final":"One file."}']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'One file.\n' });
  expect(formats(server.calls)).toEqual(['undefined', 'object', 'undefined']);
  expect(server.calls[1]?.body['format']).toMatchObject({
    anyOf: expect.arrayContaining([
      expect.objectContaining({ required: ['name', 'args'] }),
      expect.objectContaining({ required: ['final'] }),
    ]),
  });
  expect(server.calls[1]?.prompt).toContain(
    'Reply with JSON alone: one tool call, such as {"name"',
  );
});

it.each(
  some(1, [
    ['for its name', toolCall('license', { of: 'x' }), 'there is no tool'],
    ['for its arguments', toolCall('write_file', { path: 'a.txt' }), 'content is missing'],
  ]),
)('a call that is refused %s makes the next reply one of JSON, too', async (_, call, says) => {
  const { server, code } = await ask([call, '{"final":"Nothing."}']);
  expect(code).toBe(0);
  expect(server.calls[1]?.prompt).toContain(says);
  expect(formats(server.calls)).toEqual(['undefined', 'object']);
});

inStress('a valid call that fails leaves the next reply unconstrained', async () => {
  const { server } = await ask([toolCall('read_file', { path: 'none' }), final('Nothing.')]);
  expect(formats(server.calls)).toEqual(['undefined', 'undefined']);
});

it.each(
  some(1, [
    ['500', { status: 500, body: '{"error":"failed to parse grammar"}' }],
    ['400', { status: 400, body: '{"error":"invalid JSON schema in format"}' }],
    ['an error in the stream', { raw: ['{"error":"grammar failed"}\n'] }],
  ]),
)('a server that refuses the schema with %s is asked without it, then and later', async (_, no) => {
  const { server, code, stdout } = await ask([BROKEN, no, BROKEN, final('All well.')]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'All well.\n' });
  expect(formats(server.calls)).toEqual(['undefined', 'object', 'undefined', 'undefined']);
  expect(server.calls[2]?.prompt).toBe(server.calls[1]?.prompt);
});

it.each(
  some(1, [
    ['is busy', { status: 503, body: '{"error":"server busy"}' }],
    ['breaks off', { text: '{"na', breakOff: true }],
    ['fails all the same', { status: 500, body: '{"error":"model runner has gone"}' }],
  ]),
)('a server that %s is not taken for one that refuses the schema', async (_, fault) => {
  const { code, stderr } = await ask([BROKEN, fault, fault]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/busy|broke off|has gone/);
});

inStress('a server that ignores the schema may still send tags', async () => {
  const { code, stdout } = await ask([BROKEN, toolCall('list_files'), final('Done.')]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Done.\n' });
});

inStress(
  'a reply that continues with an imagined result is stopped there, and its call runs',
  async () => {
    const imagined = `${toolCall('list_files')}\n\nResult of list_files:\n[F] made-up.txt\n`;
    const { server, code, stdout } = await ask([{ text: imagined, endless: true }, final('Seen.')]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Seen.\n' });
    await server.calls[0]?.closed;
    expect(server.calls[1]?.prompt).toContain('[F] a.txt');
    expect(server.calls[1]?.prompt).not.toContain('[F] made-up.txt');
  },
);
