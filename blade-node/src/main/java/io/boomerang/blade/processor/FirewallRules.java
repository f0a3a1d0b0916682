package io.boomerang.blade.processor;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import java.util.ArrayList;
import java.util.List;

/// Which flows may open: the first rule that matches decides. Whatever no rule of the file matches
/// is allowed from the ingress side and denied from the egress side.
///
/// A rule file has one statement per line; `#` begins a comment:
///
/// ```
/// allow|deny ingress|egress|any tcp|udp|icmp|sctp|any|NUMBER [from CIDR] [to CIDR] [port N[-M]]
/// tcp-pickup on|off
/// ```
///
/// The side is where the flow's first packet arrives; `from`, `to` and `port` are that packet's
/// source, destination and destination port. `tcp-pickup` says whether a TCP connection may be
/// joined in mid-stream by a packet from the ingress side; it is on unless the file says otherwise.
/// From the egress side it never may.
public final class FirewallRules {
    /// Allows everything from the ingress side, nothing from the egress side.
    public static final FirewallRules DEFAULTS = new FirewallRules(List.of(), true);

    /// More rules than this are refused: every new flow walks the list.
    public static final int MAX_RULES = 4_096;

    private final FirewallRule[] rules;
    private final boolean tcpPickup;

    FirewallRules(final List<FirewallRule> rules, final boolean tcpPickup) {
        this.rules = rules.toArray(FirewallRule[]::new);
        this.tcpPickup = tcpPickup;
    }

    /// Reads a rule file.
    ///
    /// @param name what the error message calls the file
    public static FirewallRules parse(final String name, final String text)
            throws RuleFileException {
        final List<FirewallRule> rules = new ArrayList<>();
        final List<String> errors = new ArrayList<>();
        boolean tcpPickup = true;
        int lineNumber = 0;
        for (final String line : text.lines().toList()) {
            lineNumber++;
            final RuleLine parsed = new RuleLine(line);
            try {
                switch (parsed.statement()) {
                    case RuleLine.Nothing _ -> {}
                    case RuleLine.TcpPickup(boolean on) -> tcpPickup = on;
                    case RuleLine.Rule(FirewallRule rule) -> rules.add(rule);
                }
            } catch (final RuleLine.SyntaxException e) {
                errors.add(name + ":" + lineNumber + ":" + parsed.column() + ": " + e.getMessage());
            }
        }
        if (rules.size() > MAX_RULES) {
            errors.add(name + ": " + rules.size() + " rules, but at most " + MAX_RULES + " fit");
        }
        if (!errors.isEmpty()) {
            throw new RuleFileException(errors);
        }
        return new FirewallRules(rules, tcpPickup);
    }

    /// Whether a packet that arrives here may open the flow.
    public boolean allow(final Side arrivalSide, final FlowKey key, final boolean sourceIsB) {
        for (final FirewallRule rule : rules) {
            if (rule.matches(arrivalSide, key, sourceIsB)) {
                return rule.allow();
            }
        }
        return arrivalSide == Side.INGRESS;
    }

    /// Whether a TCP connection may be joined in mid-stream from the ingress side.
    public boolean tcpPickup() {
        return tcpPickup;
    }

    public int ruleCount() {
        return rules.length;
    }
}
