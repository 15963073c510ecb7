// The completion script for bash. Words need no process; uuids and names come from `xcp __complete`, which answers from a small cache.

import type { CompletionWords } from './words.ts';

export const bashScript = ({
  commands,
  fields,
  options,
  formats,
}: CompletionWords): string => `# bash completion of xcp. Generated from the table of commands: do not edit.

_xcp_commands='${commands.map(({ name }) => name).join(' ')}'
_xcp_options='${options.map(([option]) => option).join(' ')}'
_xcp_formats='${formats.join(' ')}'
declare -gA _xcp_fields=(
${Object.entries(fields)
  .map(([cls, names]) => `[${cls}]='${names.join(' ')}'`)
  .join('\n')}
)
declare -gA _xcp_params=(
${commands
  .filter(({ params }) => params.length > 0)
  .map(({ name, params }) => `[${name}]='${params.join(' ')}'`)
  .join('\n')}
)
${FUNCTIONS}`;

const FUNCTIONS = String.raw`
# Words of the line before the cursor; the last one in _xcp_cur. A blank behind a backslash or inside quotes is part of a word.
_xcp_split() {
  local line=$1 quote='' char word='' i open=0
  _xcp_words=() _xcp_quoted=''
  for ((i = 0; i < \${#line}; i++)); do
    char=\${line:i:1}
    if [[ -n $quote ]]; then
      if [[ $char == "$quote" ]]; then quote=''; else word+=$char; fi
    elif [[ $char == \\ ]]; then
      i=$((i + 1)) word+=\${line:i:1} open=1
    elif [[ $char == [\"\'] ]]; then
      quote=$char open=1
    elif [[ $char == [[:blank:]] ]]; then
      if [[ -n $word || $open == 1 ]]; then _xcp_words+=("$word"); fi
      word='' open=0
    else
      word+=$char
    fi
  done
  _xcp_cur=$word _xcp_quoted=$quote
}

# Offers those of the lines of $1 that begin with what was typed after $2, each with $2 before it and $3 behind it.
_xcp_offer() {
  local typed=\${_xcp_cur#"$2"} candidate text skip=$_xcp_cur
  # Readline replaces what follows the last = or : only, or what follows the open quote.
  case $skip in *[=:]*) skip=\${skip%"\${skip##*[=:]}"} ;; *) skip='' ;; esac
  while IFS= read -r candidate; do
    [[ -n $candidate && $candidate == "$typed"* ]] || continue
    text=$2$candidate$3
    if [[ -n $_xcp_quoted ]]; then
      COMPREPLY+=("\${text#*=}")
    else
      text=\${text#"$skip"}
      [[ $text == *[[:blank:]\'\"\\\$\&\;\(\)\<\>\|\*\?\#\~\[\]\!]* ]] && printf -v text %q "$text"
      COMPREPLY+=("$text")
    fi
  done <<<"$1"
}

# uuids ($2 = uuid) or names of the objects of class $1.
_xcp_objects() {
  local uuid name
  while IFS=$'\t' read -r uuid name; do
    if [[ $2 == uuid ]]; then echo "$uuid"; else echo "$name"; fi
  done < <(command "\${COMP_WORDS[0]}" "\${_xcp_where[@]}" __complete "class=$1" 2>/dev/null)
}

# Files whose names begin with $1; readline puts backslashes before blanks itself.
_xcp_files() {
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# Keys of the map $2 that objects of class $1 have.
_xcp_keys() {
  command "\${COMP_WORDS[0]}" "\${_xcp_where[@]}" __complete "class=$1" "keys=$2" 2>/dev/null
}

_xcp_value() {
  local param=$1 key=$2= name rest
  name=\${param%%[@~|!:/#%]*} rest=\${param#"$name"}
  case $rest in
    @*)
      _xcp_offer "$(_xcp_objects "\${rest:1}" uuid)" "$key"
      if ((\${#COMPREPLY[@]} == 0)); then _xcp_offer "$(_xcp_objects "\${rest:1}" name)" "$key"; fi ;;
    '~'*) _xcp_offer "$(_xcp_objects "\${rest:1}" name)" "$key" ;;
    '|'*) rest=\${rest:1} && _xcp_offer "\${rest//,/$'\n'}" "$key" ;;
    '!') _xcp_offer $'true\nfalse' "$key" ;;
    '#'*) _xcp_offer "\${_xcp_fields[\${rest:1}]// /$'\n'}" "$key" ;;
    %*)
      local before=\${_xcp_cur#"$key"}
      case $before in *,*) before=\${before%,*}, ;; *) before='' ;; esac
      _xcp_offer "\${_xcp_fields[\${rest:1}]// /$'\n'}" "$key$before"
      compopt -o nospace ;;
    /)
      local typed=\${_xcp_cur#"$key"}
      compopt -o filenames
      _xcp_files "$typed" ;;
  esac
}

_xcp() {
  local _xcp_words=() _xcp_cur _xcp_quoted _xcp_where=() command='' i word param name
  COMPREPLY=()
  _xcp_split "\${COMP_LINE:0:COMP_POINT}"
  for ((i = 1; i < \${#_xcp_words[@]}; i++)); do
    word=\${_xcp_words[i]}
    case $word in
      -s | -h | -u | -p | -pwf | --fingerprint | --ca-file | --profile)
        _xcp_where+=("$word" "\${_xcp_words[i + 1]-}") && i=$((i + 1)) ;;
      -pw | -o | --select | --timeout | --parallel) i=$((i + 1)) ;;
      --insecure | --nossl | server=* | username=* | port=* | passwordfile=*) _xcp_where+=("$word") ;;
      -* | password=*) ;;
      *) [[ -z $command ]] && command=$word ;;
    esac
  done
  case \${_xcp_words[\${#_xcp_words[@]} - 1]} in
    -o) _xcp_offer "\${_xcp_formats// /$'\n'}" && return ;;
    -pwf | --ca-file) compopt -o filenames && _xcp_files "$_xcp_cur" && return ;;
    -s | -h | -u | -pw | -p | --fingerprint | --timeout | --parallel | --profile) return ;;
  esac
  if [[ $_xcp_cur == -* ]]; then
    _xcp_offer "\${_xcp_options// /$'\n'}"
  elif [[ -z $command || $command == help ]]; then
    _xcp_offer "\${_xcp_commands// /$'\n'}"
  elif [[ $_xcp_cur == *=* ]]; then
    for param in \${_xcp_params[$command]-}; do
      name=\${param%%[@~|!:/#%]*}
      [[ \${_xcp_cur%%=*} == "$name" ]] && _xcp_value "$param" "$name" && return
    done
  elif [[ $_xcp_cur == *:* ]]; then
    for param in \${_xcp_params[$command]-}; do
      name=\${param%%[@~|!:/#%]*}
      [[ $param == *:?* && \${_xcp_cur%%:*} == "$name" ]] && _xcp_offer "$(_xcp_keys "\${param##*:}" "$name")" "$name:" =
    done
    compopt -o nospace
  else
    local -a maps=() plain=()
    for param in \${_xcp_params[$command]-}; do
      name=\${param%%[@~|!:/#%]*}
      if [[ $param == *:* ]]; then maps+=("$name"); else plain+=("$name"); fi
    done
    local IFS=$'\n'
    ((\${#plain[@]})) && _xcp_offer "\${plain[*]}" '' =
    ((\${#maps[@]})) && _xcp_offer "\${maps[*]}" '' :
    compopt -o nospace
  fi
}

complete -F _xcp xcp
case \${BASH_ALIASES[xe]-} in xcp | */xcp) complete -F _xcp xe ;; esac
`.replaceAll('\\${', '${');
