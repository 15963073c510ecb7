// The one entry of the executable: `xcp hostd …` is the agent, every other word is the command line; `xcp host-network-reset` is neither, since
// it must work where the agent does not. Only the face that was asked for is loaded.

const [first, ...rest] = process.argv.slice(2);
const isReset = [process.argv0, process.env['XCP_ARGV0']].some(path => path?.split('/').at(-1) === 'xe-reset-networking');

if (isReset || first === 'host-network-reset') {
  const { runNetworkReset } = await import('./hostd/network-reset/main.ts');
  process.exitCode = isReset
    ? await runNetworkReset(process.argv.slice(2), 'xe-reset-networking')
    : await runNetworkReset(rest, 'xcp host-network-reset');
} else if (first === 'hostd') {
  const { runHostd } = await import('./hostd/main.ts');
  process.exitCode = await runHostd(rest);
} else {
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main();
}
