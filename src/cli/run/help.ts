// Usage, help and names that are nearly right.

export const usageText = (program: string): string => `Usage: ${program} <command> [-s server] [-p port] [-u user] [-pw password | -pwf file] [--minimal] [name=value ...]`;

export const similarCommands = async (_name: string): Promise<readonly string[]> => [];
