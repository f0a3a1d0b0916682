package io.boomerang.blade.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.wire.TcpHeader;

/// A TCP connection in words, one segment a line, judged as the firewall would:
///
/// ```
/// > S seq=100 win=8000 scale=2      => PASS
/// < SA seq=500 ack=101 win=4000     => PASS
/// ```
///
/// `>` is the side that speaks first. Absent numbers are 0, an absent `scale` is none. The script
/// stops the test at the first line whose verdict differs.
final class TcpScript {
    private final TcpConnection connection = new TcpConnection();
    private final TcpSegment segment = new TcpSegment();
    private boolean opened;

    static TcpScript play(final String script) {
        final TcpScript player = new TcpScript();
        player.more(script);
        return player;
    }

    TcpScript more(final String script) {
        script.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(this::playLine);
        return this;
    }

    TcpConnection connection() {
        return connection;
    }

    private void playLine(final String line) {
        final String[] halves = line.split("=>", 2);
        final String[] words = halves[0].strip().split("\\s+");
        read(words);
        final ProcessorVerdict verdict = judge(words[0].equals(">"));
        assertEquals(ProcessorVerdict.valueOf(halves[1].strip()), verdict, line);
    }

    private ProcessorVerdict judge(final boolean fromFirst) {
        if (!opened || connection.isClosed() && segment.isSyn()) {
            opened = true;
            if (segment.isSyn()) {
                connection.open(segment);
            } else {
                connection.pickUp(segment);
            }
            return ProcessorVerdict.PASS;
        }
        return connection.advance(segment, fromFirst);
    }

    private void read(final String[] words) {
        int sequence = 0;
        int acknowledgment = 0;
        int window = 0;
        int length = 0;
        int scale = TcpSegment.NO_SCALE;
        for (int i = 2; i < words.length; i++) {
            final String[] pair = words[i].split("=", 2);
            final int value = (int) Long.parseLong(pair[1]);
            switch (pair[0]) {
                case "seq" -> sequence = value;
                case "ack" -> acknowledgment = value;
                case "win" -> window = value;
                case "len" -> length = value;
                case "scale" -> scale = value;
                default -> throw new IllegalArgumentException("no such field: " + pair[0]);
            }
        }
        segment.set(flags(words[1]), sequence, acknowledgment, window, length, scale);
    }

    private static int flags(final String letters) {
        return letters.chars().map(TcpScript::flag).reduce(0, (a, b) -> a | b);
    }

    private static int flag(final int letter) {
        return switch (letter) {
            case 'S' -> TcpHeader.SYN;
            case 'A' -> TcpHeader.ACK;
            case 'F' -> TcpHeader.FIN;
            case 'R' -> TcpHeader.RST;
            case 'P' -> TcpHeader.PSH;
            default -> throw new IllegalArgumentException("no such flag: " + (char) letter);
        };
    }
}
