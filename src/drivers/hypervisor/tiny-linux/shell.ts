// A tag for shell scripts in template literals: nothing is interpreted but `\${`, which stands for the shell's `${`.

export const shell = (text: TemplateStringsArray): string => text.raw.join('').replaceAll('\\${', '${');
