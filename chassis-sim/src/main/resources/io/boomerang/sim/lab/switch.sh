#!/bin/sh
# What a switch does whose ports to the redirectors are one static link aggregation. Frames from the
# port `trunk` leave by one of those ports `port0`, `port1`, ... that have a carrier: those of one flow
# always by the same, those without addresses by the first. Frames from these ports leave by the trunk;
# none comes back by the way it went. Runs in the switch's network namespace until it is killed.
#
#   switch.sh SEED    of the hash over addresses and ports, 1 to 4294967295
set -u
readonly seed=$1

balance() {
    count=0
    map=
    list=
    for port in $(ip -o link show | sed -n 's/^[0-9]*: \(port[0-9]*\)@.*[<,]LOWER_UP[,>].*/\1/p'); do
        map="$map${map:+, }$count : \"$port\""
        list="$list${list:+, }$port"
        count=$((count + 1))
    done
    if [ "$count" -eq 0 ]; then
        nft 'table netdev lag { }; delete table netdev lag'
        return
    fi
    nft -f - <<RULES
table netdev lag { }
delete table netdev lag
table netdev lag {
    chain apart {
        type filter hook ingress device trunk priority 0; policy drop;
        meta l4proto { tcp, udp } fwd to jhash ip saddr . ip daddr . th sport . th dport mod $count seed $seed map { $map }
        meta l4proto { tcp, udp } fwd to jhash ip6 saddr . ip6 daddr . th sport . th dport mod $count seed $seed map { $map }
        fwd to jhash ip saddr . ip daddr mod $count seed $seed map { $map }
        fwd to jhash ip6 saddr . ip6 daddr mod $count seed $seed map { $map }
        fwd to ${list%%,*}
    }
    chain together {
        type filter hook ingress devices = { $list } priority 0;
        fwd to trunk
    }
}
RULES
}

{
    echo start
    ip -o monitor link
} | while read -r _; do
    balance
done
