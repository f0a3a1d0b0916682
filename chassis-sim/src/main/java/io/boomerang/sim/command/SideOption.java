package io.boomerang.sim.command;

import io.boomerang.flow.Cidr;
import io.boomerang.sim.replay.SideRule;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads `--side-by` and `--ingress`.
final class SideOption {
    static final String FIRST_PACKET = "first-packet";

    private SideOption() {}

    /// @throws IllegalArgumentException with a message for users
    static SideRule parse(final String rule, final List<String> ingress) {
        return switch (rule) {
            case FIRST_PACKET -> {
                if (!ingress.isEmpty()) {
                    throw new IllegalArgumentException(
                            "--ingress says nothing with --side-by " + FIRST_PACKET);
                }
                yield new SideRule.FirstPacket();
            }
            case "interface" -> new SideRule.ByInterface(interfaces(ingress));
            case "mac" ->
                    new SideRule.ByMac(
                            ingress.stream()
                                    .map(SideRule::parseMac)
                                    .collect(Collectors.toUnmodifiableSet()));
            case "cidr" -> {
                if (ingress.isEmpty()) {
                    throw new IllegalArgumentException(
                            "--side-by cidr needs --ingress BLOCK, as 10.0.0.0/8 or 2001:db8::/32");
                }
                yield new SideRule.ByCidr(ingress.stream().map(Cidr::parse).toList());
            }
            default ->
                    throw new IllegalArgumentException(
                            "--side-by is first-packet, interface, mac or cidr, not '"
                                    + rule
                                    + "'");
        };
    }

    private static Set<Integer> interfaces(final List<String> ingress) {
        return ingress.stream()
                .map(text -> {
                    try {
                        return Integer.valueOf(text);
                    } catch (final NumberFormatException e) {
                        throw new IllegalArgumentException(
                                "--ingress: '" + text + "' is no interface number", e);
                    }
                })
                .collect(Collectors.toUnmodifiableSet());
    }
}
