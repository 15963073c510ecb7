// The one entry of the executable: `xcp hostd …` is the agent, every other word is the command line; `xcp host-network-reset` is neither, since
// it must work where the agent does not. Only the face that was asked for is loaded.

const RESET = 'xe-reset-networking';

const [first, ...rest] = process.argv.slice(2);
/** The name under which the program was called, also through a link; the launcher hands it on. */
const isCalled = (name: string): boolean => [process.argv0, process.env['XCP_ARGV0']].some(path => path?.split('/').at(-1) === name);
const isReset = isCalled(RESET);

if (isReset || first === RESET || (first === 'host-network-reset' && !isCalled('xe'))) {
  const { runNetworkReset } = await import('./hostd/network-reset/main.ts');
  process.exitCode = isReset ? await runNetworkReset(process.argv.slice(2), RESET) : await runNetworkReset(rest, `xcp ${first ?? ''}`);
} else if (first === 'hostd') {
  const { runHostd } = await import('./hostd/main.ts');
  process.exitCode = await runHostd(rest);
} else {
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main();
}
