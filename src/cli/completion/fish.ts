// The completion script for fish: everything with its description.

import type { CompletionWords } from './words.ts';

export const fishScript = ({
  commands,
  fields,
  options,
  formats,
}: CompletionWords): string => `# fish completion of xcp. Generated from the table of commands: do not edit.

function __xcp_commands
    printf '%s\\t%s\\n' \\
${commands.map(({ name, summary }) => `        ${name} ${quoted(summary)}`).join(' \\\n')}
end

function __xcp_params
    switch $argv[1]
${commands
  .filter(({ params }) => params.length > 0)
  .map(({ name, params }) => `        case ${name}\n            printf '%s\\n' ${params.map(quoted).join(' ')}`)
  .join('\n')}
    end
end

function __xcp_fields
    switch $argv[1]
${Object.entries(fields)
  .map(([cls, names]) => `        case ${cls}\n            printf '%s\\n' ${names.join(' ')}`)
  .join('\n')}
    end
end
${FUNCTIONS}
complete -c xcp -f
complete -c xcp -f -n '__xcp_wants command' -a '(__xcp_commands)'
complete -c xcp -f -n '__xcp_wants parameter' -a '(__xcp_parameter)'
complete -c xcp -x -s o -d 'form of the output' -a '${formats.join(' ')}'
${options
  .filter(([option]) => option.startsWith('--'))
  .map(([option, summary]) => `complete -c xcp -l ${option.slice(2)} -d ${quoted(summary)}`)
  .join('\n')}
`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const FUNCTIONS = String.raw`
# The command on the line; the options that say where the server is, in __xcp_where.
function __xcp_command
    set -g __xcp_where
    set -l tokens (commandline -opc)
    set -l i 2
    while test $i -le (count $tokens)
        set -l next (math $i + 1)
        switch $tokens[$i]
            case -s -h -u -p -pwf --fingerprint --ca-file --profile
                test $next -le (count $tokens); and set -a __xcp_where $tokens[$i] $tokens[$next]
                set i $next
            case -pw -o --select --timeout --parallel
                set i $next
            case --insecure --nossl 'server=*' 'username=*' 'port=*' 'passwordfile=*'
                set -a __xcp_where $tokens[$i]
            case '-*' 'password=*'
            case '*'
                echo $tokens[$i]
                return
        end
        set i (math $i + 1)
    end
end

function __xcp_wants
    set -l command (__xcp_command)
    if test -z "$command" -o "$command" = help
        test $argv[1] = command
    else
        test $argv[1] = parameter
    end
end

# Objects of class $argv[1], by uuid or by name, behind the prefix $argv[3].
function __xcp_objects
    set -l tokens (commandline -opc)
    command $tokens[1] $__xcp_where __complete class=$argv[1] 2>/dev/null | while read -l -d \t uuid name
        if test $argv[2] = uuid
            printf '%s%s\t%s\n' $argv[3] $uuid $name
        else
            printf '%s%s\t%s\n' $argv[3] $name $uuid
        end
    end
end

# Keys of the map $argv[2] that objects of class $argv[1] have.
function __xcp_keys
    set -l tokens (commandline -opc)
    for key in (command $tokens[1] $__xcp_where __complete class=$argv[1] keys=$argv[2] 2>/dev/null)
        echo $argv[2]:$key=
    end
end

function __xcp_parameter
    set -l command (__xcp_command)
    set -l current (commandline -ct | string unescape)
    set -l key (string split -m 1 = -- $current)[1]
    for param in (__xcp_params $command)
        set -l parts (string match -r '^([^@~|!:/#%]+)(.*)$' -- $param)
        if not string match -q '*=*' -- $current
            if not string match -q ':*' -- $parts[3]
                echo $parts[2]=
            else if test $parts[3] != : -a (string split -m 1 : -- $current)[1] = $parts[2]
                __xcp_keys (string sub -s 2 -- $parts[3]) $parts[2]
            else
                echo $parts[2]:
            end
            continue
        end
        test "$parts[2]" = "$key"; or continue
        set -l rest (string sub -s 2 -- $parts[3])
        switch $parts[3]
            case '@*'
                __xcp_objects $rest uuid $key=
                __xcp_objects $rest name $key=
            case '~*'
                __xcp_objects $rest name $key=
            case '|*'
                printf '%s\n' $key=(string split , -- $rest)
            case !
                printf '%s\n' $key=true $key=false
            case '#*' '%*'
                set -l before (string match -r '^.*,' -- $current; or echo $key=)
                printf '%s\n' $before(__xcp_fields $rest)
            case /
                for file in (__fish_complete_path (string sub -s (math (string length -- $key) + 2) -- $current))
                    echo $key=$file
                end
        end
    end
end
`;
