// A shell that stays on the other end of a connection and does one short line after the other: starting one anew for each costs an emulated processor
// several times what most of them do.

import { randomUUID } from 'node:crypto';
import { type Conversation, ToolError } from '../../../../src/drivers/tool.ts';

export interface LastingShell {
  /** What the line printed. It must come to an end by itself, and read nothing. Rejects with ToolError. */
  ask(line: string): Promise<string>;
  /** Without waiting for a line that is under way. */
  close(): Promise<void>;
}

/** `open` starts a shell that reads its lines; it is called when the first is asked for. */
export const lastingShell = (open: () => Promise<Conversation>): LastingShell => {
  const mark = `end-${randomUUID()}`;
  const ending = new RegExp(`${mark} (\\d+)\\n$`);
  let opened: Promise<Conversation> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const askNow = async (line: string): Promise<string> => {
    const { input, output, ended } = await (opened ??= open());
    let said = '';
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const onData = (piece: Buffer): void => {
      said += piece.toString('latin1');
      const end = ending.exec(said);
      if (end === null) return;
      const text = Buffer.from(said.slice(0, end.index), 'latin1').toString('utf8');
      if (end[1] === '0') resolve(text);
      else reject(new ToolError('sh', Number(end[1]), text));
    };
    ended.then(() => reject(new ToolError('sh', null, 'the shell has ended')), reject);
    output.on('data', onData);
    try {
      input.write(`( ${line}\n) 2>&1 </dev/null; echo ${mark} $?\n`);
      return await promise;
    } finally {
      output.off('data', onData);
    }
  };

  return {
    ask(line) {
      const asked = last.then(() => askNow(line));
      last = asked.catch(() => undefined); // whoever asked is told
      return asked;
    },
    async close() {
      const shell = await opened?.catch(() => undefined); // whoever asked was told
      if (shell === undefined) return;
      shell.input.end();
      shell.output.destroy();
    },
  };
};
