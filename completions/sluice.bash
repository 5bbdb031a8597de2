# SPDX-License-Identifier: Apache-2.0 OR MIT
# bash completion for sluice(1)

_sluice() {
    local word=$2 before=$3 command='' one
    local settings='--network --rpc-url --second-node --network-chain-id --fwss --endorsements --network-epoch --provider-url --ca-file --connect-timeout --stall-timeout --copies --source
        --metadata --provider --data-set --max-spend --hold --key-file
        --keystore --password-command --parallel --max-attempts --split --request-limit --limit --slow-limit --stop-at --watch --settle --rescan --temp-names --no-temp-names --theme --color --fps --clipboard --on-hangup --local-park-delay
        --local-epoch --local-min-free --log-level
        --allow-http --allow-private --with-cdn --hidden --ascii --local-faults
        --no-allow-http --no-allow-private --no-with-cdn --no-hidden --no-ascii --no-local-faults'
    for one in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $one in
        upload | watch | cid | get | verify | export | status | resume | retry | cancel | forget | cost | wallet | providers | datasets | pieces | rm | doctor | config | serve | help) command=$one ;;
        -*) continue ;;
        esac
        break
    done
    # in `--flag=value` the `=` is a word of its own
    [[ $word == '=' ]] && word=''
    [[ $before == '=' ]] && before=${COMP_WORDS[COMP_CWORD - 2]}
    COMPREPLY=()
    case $before in
    --state-dir | --dir | --watch)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    --split)
        mapfile -t COMPREPLY < <(compgen -W 'auto never' -- "$word")
        return
        ;;
    --network)
        mapfile -t COMPREPLY < <(compgen -W 'auto local calibration mainnet none' -- "$word")
        return
        ;;
    --color)
        mapfile -t COMPREPLY < <(compgen -W 'auto never 16 256 truecolor' -- "$word")
        return
        ;;
    --clipboard)
        mapfile -t COMPREPLY < <(compgen -W 'auto raw tmux off' -- "$word")
        return
        ;;
    --theme) # or a file
        mapfile -t COMPREPLY < <(compgen -W 'contrast dark ember harbour light mono sixteen' -- "$word")
        return
        ;;
    --on-hangup)
        mapfile -t COMPREPLY < <(compgen -W 'continue stop' -- "$word")
        return
        ;;
    --log-level)
        mapfile -t COMPREPLY < <(compgen -W 'error warn info debug trace info,net:debug' -- "$word")
        return
        ;;
    --config | --ca-file | --key-file | --keystore | --output | -o | --manifest | --bundle)
        return # files
        ;;
    --expiry | --breaks | --threads | --rpc-url | --second-node | --network-chain-id | --fwss | --endorsements | --network-epoch | --address | --from | --sample | --provider-url | --connect-timeout | --stall-timeout | --password-command | --copies | --source | --metadata | --provider | --data-set | --max-spend | --hold | --parallel \
        | --max-attempts | --request-limit | --limit | --slow-limit | --stop-at | --settle | --rescan | --fps | --local-park-delay | --local-epoch \
        | --local-min-free | --listen | --epoch | --providers | --chain-id | --fund)
        mapfile -t COMPREPLY < <(compgen -W '' -- "$word")
        return
        ;;
    wallet)
        mapfile -t COMPREPLY < <(compgen -W 'status deposit approve withdraw session address import new' -- "$word")
        return
        ;;
    datasets)
        mapfile -t COMPREPLY < <(compgen -W 'terminate' -- "$word")
        return
        ;;
    session)
        mapfile -t COMPREPLY < <(compgen -W 'status login revoke' -- "$word")
        return
        ;;
    help)
        mapfile -t COMPREPLY < <(compgen -W 'upload watch cid get verify export status resume retry cancel forget cost wallet providers datasets pieces rm doctor config serve keys' -- "$word")
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        local flags='--help --version'
        case $command in
        cid) flags+=' --json --v1 --recursive --check --quiet --status --ignore-missing --threads' ;;
        status) flags+=" --json --state-dir --config $settings" ;;
        get) flags+=" --json --output --force --from --manifest --at --versions --search-logs --address --state-dir --config $settings" ;;
        verify) flags+=" --json --sample --search-logs --from --address --state-dir --config $settings" ;;
        export) flags+=" --output --force --search-logs --address --state-dir --config $settings" ;;
        providers) flags+=" --json --no-ping --state-dir --config $settings" ;;
        doctor) flags+=" --json --no-ping --address --bundle --names --force --state-dir --config $settings" ;;
        rm) flags+=" --json --dry-run --yes --breaks --state-dir --config $settings" ;;
        datasets) flags+=" --json --address --dry-run --yes --breaks --on-chain --state-dir --config $settings" ;;
        cost) flags+=" --json --address --follow-links --state-dir --config $settings" ;;
        config) flags+=" --print --path --state-dir --config $settings" ;;
        serve)
            flags+=" --json --listen --dir --epoch --providers --chain-id --profile --migrate --fund --unfunded"
            flags+=" --state-dir --config $settings"
            ;;
        wallet) flags+=" --json --dry-run --yes --expiry --state-dir --config $settings" ;;
        watch) flags+=" --json --follow-links --state-dir --config $settings" ;;
        resume | retry) flags+=" --json --state-dir --config $settings" ;;
        pieces) flags+=" --json --search-logs --state-dir --config $settings" ;;
        cancel | forget) flags+=" --state-dir --config $settings" ;;
        help) ;;
        *) flags+=" --json --force --follow-links --follow-links=outside --state-dir --config $settings" ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word")
    elif ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W 'upload watch cid get verify export status resume retry cancel forget cost wallet providers datasets pieces rm doctor config serve help' -- "$word")
        # paths too: readline completes them when nothing here fits
        [[ -n $word ]] && mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o bashdefault -o default -o filenames -F _sluice sluice
