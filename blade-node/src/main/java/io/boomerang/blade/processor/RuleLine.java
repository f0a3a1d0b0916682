package io.boomerang.blade.processor;

import io.boomerang.flow.Side;
import io.boomerang.wire.IpProtocol;

import org.jspecify.annotations.Nullable;

/// Reads one line of a rule file, token by token. After a {@link SyntaxException} {@link #column}
/// is where the unexpected token begins.
final class RuleLine {
    /// What a line says.
    sealed interface Statement {}

    /// An empty line or a comment.
    record Nothing() implements Statement {}

    record TcpPickup(boolean on) implements Statement {}

    record Rule(FirewallRule rule) implements Statement {}

    /// The line is not a statement; the message says what was expected in place of what.
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        SyntaxException(final String message) {
            super(message);
        }
    }

    private static final int MAX_PORT = 0xFFFF;
    private static final int MAX_PROTOCOL = 0xFF;
    private static final int MAX_DIGITS = 5;

    private final String line;
    private int tokenBegin;
    private int tokenEnd;

    RuleLine(final String line) {
        final int comment = line.indexOf('#');
        this.line = comment < 0 ? line : line.substring(0, comment);
    }

    /// Where the last token begins, counted from 1.
    int column() {
        return tokenBegin + 1;
    }

    Statement statement() throws SyntaxException {
        advance();
        return switch (token()) {
            case "" -> new Nothing();
            case "allow" -> new Rule(rule(true));
            case "deny" -> new Rule(rule(false));
            case "tcp-pickup" -> tcpPickup();
            default -> throw unexpected("'allow', 'deny' or 'tcp-pickup'");
        };
    }

    private TcpPickup tcpPickup() throws SyntaxException {
        advance();
        final boolean on =
                switch (token()) {
                    case "on" -> true;
                    case "off" -> false;
                    default -> throw unexpected("'on' or 'off'");
                };
        advance();
        if (!token().isEmpty()) {
            throw unexpected("the end of the line");
        }
        return new TcpPickup(on);
    }

    private FirewallRule rule(final boolean allow) throws SyntaxException {
        advance();
        final Side side = side();
        advance();
        final int protocol = protocol();
        AddressRange from = null;
        AddressRange to = null;
        int firstPort = FirewallRule.ANY_PORT;
        int lastPort = FirewallRule.ANY_PORT;
        advance();
        while (!token().isEmpty()) {
            if (token().equals("from") && from == null) {
                advance();
                from = addresses(to);
            } else if (token().equals("to") && to == null) {
                advance();
                to = addresses(from);
            } else if (token().equals("port") && firstPort == FirewallRule.ANY_PORT) {
                if (!hasPorts(protocol)) {
                    throw new SyntaxException(
                            "'port' needs a protocol with ports (tcp, udp, sctp, 33, 136)");
                }
                advance();
                final String text = token();
                final int dash = text.indexOf('-');
                firstPort = port(dash < 0 ? text : text.substring(0, dash));
                lastPort = dash < 0 ? firstPort : port(text.substring(dash + 1));
                if (lastPort < firstPort) {
                    throw unexpected("a port or a range from the lower to the higher port");
                }
            } else {
                throw unexpected("'from', 'to', 'port' (each once) or the end of the line");
            }
            advance();
        }
        return new FirewallRule(allow, side, protocol, from, to, firstPort, lastPort);
    }

    private @Nullable Side side() throws SyntaxException {
        return switch (token()) {
            case "ingress" -> Side.INGRESS;
            case "egress" -> Side.EGRESS;
            case "any" -> null;
            default -> throw unexpected("'ingress', 'egress' or 'any'");
        };
    }

    private int protocol() throws SyntaxException {
        return switch (token()) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            case "sctp" -> IpProtocol.SCTP;
            case "icmp" -> FirewallRule.ICMP;
            case "any" -> FirewallRule.ANY_PROTOCOL;
            default ->
                    number(
                            token(),
                            MAX_PROTOCOL,
                            "'tcp', 'udp', 'icmp', 'sctp', 'any' or a protocol number from 0 to"
                                    + " 255");
        };
    }

    private static boolean hasPorts(final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP,
                    IpProtocol.UDP,
                    IpProtocol.UDP_LITE,
                    IpProtocol.SCTP,
                    IpProtocol.DCCP ->
                    true;
            default -> false;
        };
    }

    private AddressRange addresses(final @Nullable AddressRange other) throws SyntaxException {
        final AddressRange range;
        try {
            range = AddressRange.parse(token());
        } catch (final IllegalArgumentException e) {
            throw unexpected(
                    "a CIDR such as 192.0.2.0/24 or 2001:db8::/32 (" + e.getMessage() + ")");
        }
        if (other != null && other.ipv6() != range.ipv6()) {
            throw unexpected("an address of the same family as the other one");
        }
        return range;
    }

    private int port(final String text) throws SyntaxException {
        return number(text, MAX_PORT, "a port from 0 to 65535 or a range such as 8000-8099");
    }

    private int number(final String text, final int most, final String expected)
            throws SyntaxException {
        if (text.isEmpty()
                || text.length() > MAX_DIGITS
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')
                || Integer.parseInt(text) > most) {
            throw unexpected(expected);
        }
        return Integer.parseInt(text);
    }

    private SyntaxException unexpected(final String expected) {
        final String found = token().isEmpty() ? "the end of the line" : "'" + token() + "'";
        return new SyntaxException("expected " + expected + ", found " + found);
    }

    private String token() {
        return line.substring(tokenBegin, tokenEnd);
    }

    private void advance() {
        tokenBegin = tokenEnd;
        while (tokenBegin < line.length() && Character.isWhitespace(line.charAt(tokenBegin))) {
            tokenBegin++;
        }
        tokenEnd = tokenBegin;
        while (tokenEnd < line.length() && !Character.isWhitespace(line.charAt(tokenEnd))) {
            tokenEnd++;
        }
    }
}
