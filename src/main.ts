// The one entry of the executable: `xcp hostd …` is the agent, every other word is the command line. Only the face that was
// asked for is loaded.

const [first, ...rest] = process.argv.slice(2);

if (first === 'hostd') {
  const { runHostd } = await import('./hostd/main.ts');
  process.exitCode = await runHostd(rest);
} else {
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main();
}
