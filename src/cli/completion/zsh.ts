// The completion script for zsh: commands and objects with their descriptions.

import type { CompletionWords } from './words.ts';

export const zshScript = ({ commands, fields, options, formats }: CompletionWords): string => `#compdef xcp
# zsh completion of xcp. Generated from the table of commands: do not edit.

typeset -ga _xcp_commands _xcp_options _xcp_formats
_xcp_commands=(
${commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join('\n')}
)
_xcp_options=(
${options.map(([option, summary]) => quoted(`${option}:${summary}`)).join('\n')}
)
_xcp_formats=(${formats.join(' ')})
typeset -gA _xcp_fields _xcp_params
_xcp_fields=(
${Object.entries(fields)
  .map(([cls, names]) => `${cls} '${names.join(' ')}'`)
  .join('\n')}
)
_xcp_params=(
${commands
  .filter(({ params }) => params.length > 0)
  .map(({ name, params }) => `${name} '${params.join(' ')}'`)
  .join('\n')}
)
${FUNCTIONS}`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const FUNCTIONS = String.raw`
# uuids ($2 = uuid) or names of the objects of class $1, each with the other as its description.
_xcp_objects() {
  local -a values shown
  local uuid name
  while IFS=$'\t' read -r uuid name; do
    if [[ $2 == uuid ]]; then
      values+=("$uuid") shown+=("$uuid  $name")
    else
      values+=("$name") shown+=("$name")
    fi
  done < <(command $words[1] $_xcp_where __complete class=$1 2>/dev/null)
  compadd -V objects -l -d shown -a values
}

_xcp_value() {
  local name=\${1%%[@~|!:/\#%]*}
  local rest=\${1#$name}
  compset -P 1 '*='
  case $rest in
    @*) _xcp_objects \${rest:1} uuid || _xcp_objects \${rest:1} name ;;
    '~'*) _xcp_objects \${rest:1} name ;;
    '|'*) compadd -- \${(s:,:)\${rest:1}} ;;
    '!') compadd true false ;;
    '#'*) compadd -- \${=_xcp_fields[\${rest:1}]} ;;
    %*) compset -P '*,'; compadd -q -S , -- \${=_xcp_fields[\${rest:1}]} ;;
    /) _files ;;
  esac
}

_xcp() {
  local -a _xcp_where plain maps
  local cmd word param name i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${(Q)words[i]}
    case $word in
      -s | -h | -u | -p | -pwf | --fingerprint | --ca-file | --profile) _xcp_where+=($word "\${(Q)words[i+1]}"); ((i++)) ;;
      -pw | -o | --select | --timeout | --parallel) ((i++)) ;;
      --insecure | --nossl | server=* | username=* | port=* | passwordfile=*) _xcp_where+=($word) ;;
      -* | password=*) ;;
      *) [[ -z $cmd ]] && cmd=$word ;;
    esac
  done
  case $words[CURRENT-1] in
    -o) compadd -a _xcp_formats; return ;;
    -pwf | --ca-file) _files; return ;;
    -s | -h | -u | -pw | -p | --fingerprint | --timeout | --parallel | --profile) return ;;
  esac
  local cur=$words[CURRENT]
  if [[ $cur == -* ]]; then
    _describe option _xcp_options
  elif [[ -z $cmd || $cmd == help ]]; then
    _describe command _xcp_commands
  elif [[ $cur == *=* ]]; then
    for param in \${=_xcp_params[$cmd]}; do
      name=\${param%%[@~|!:/\#%]*}
      [[ \${cur%%=*} == $name ]] && _xcp_value $param && return
    done
  elif [[ $cur == *:* ]]; then
    for param in \${=_xcp_params[$cmd]}; do
      name=\${param%%[@~|!:/\#%]*}
      [[ $param == *:?* && \${cur%%:*} == $name ]] || continue
      compset -P 1 '*:'
      compadd -S = -- \${(f)"$(command $words[1] $_xcp_where __complete class=\${param##*:} keys=$name 2>/dev/null)"}
      return
    done
  else
    for param in \${=_xcp_params[$cmd]}; do
      name=\${param%%[@~|!:/\#%]*}
      if [[ $param == *:* ]]; then maps+=($name); else plain+=($name); fi
    done
    compadd -S = -- $plain
    compadd -S : -- $maps
  fi
}

if [[ $funcstack[1] == _xcp ]]; then _xcp "$@"; else compdef _xcp xcp; fi
`.replaceAll('\\${', '${');
