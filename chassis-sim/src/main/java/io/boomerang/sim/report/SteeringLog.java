package io.boomerang.sim.report;

import org.jspecify.annotations.Nullable;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which packet met which blade, as a CSV file: a header `packet,blade`, then one row per packet,
/// `17,blade-3`, or `17,drop,REASON` for a packet that met none. Rows come in the order in which
/// packets ended, which need not be that of the capture. One thread.
public final class SteeringLog implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_DIGITS = 20;
    private static final byte[] DROP = ",drop,".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final byte[] digits = new byte[MAX_DIGITS];

    private @Nullable String lastText;
    private byte[] lastBytes = new byte[0];

    /// Opens the file, replacing one that is there.
    public SteeringLog(final Path file) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES);
        out.write("packet,blade\n".getBytes(StandardCharsets.US_ASCII));
    }

    /// Writes the row of a packet that met a blade.
    ///
    /// @param packet the packet's number in the replay, from 1
    public void delivered(final long packet, final String blade) throws IOException {
        writeNumber(packet);
        out.write(',');
        writeText(blade);
        out.write('\n');
    }

    /// Writes the row of a packet that met none.
    ///
    /// @param packet the packet's number in the replay, from 1
    public void dropped(final long packet, final String reason) throws IOException {
        writeNumber(packet);
        out.write(DROP);
        writeText(reason);
        out.write('\n');
    }

    private void writeNumber(final long number) throws IOException {
        int start = MAX_DIGITS;
        long rest = number;
        do {
            digits[--start] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        out.write(digits, start, MAX_DIGITS - start);
    }

    /// Neighbouring rows often carry the same text, which is encoded once.
    private void writeText(final String text) throws IOException {
        if (!text.equals(lastText)) {
            lastText = text;
            lastBytes = field(text).getBytes(StandardCharsets.UTF_8);
        }
        out.write(lastBytes);
    }

    /// Quoted where RFC 4180 asks for it.
    private static String field(final String text) {
        return text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
