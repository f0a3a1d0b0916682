package io.boomerang.sim.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import java.io.IOException;
import java.io.OutputStream;

/// A report for programs. Times are in seconds and microseconds, shares from 0 to 1, as the names
/// of {@link ReplayReport}'s components say.
public final class ReportJson {
    private ReportJson() {}

    /// Writes the report, indented, and leaves the stream open.
    public static void write(final ReplayReport report, final OutputStream out) throws IOException {
        out.write(
                new ObjectMapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsBytes(report));
        out.write('\n');
    }
}
