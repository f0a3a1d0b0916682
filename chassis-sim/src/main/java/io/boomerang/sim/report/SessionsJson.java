package io.boomerang.sim.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;

/// Stored sessions as JSON, written as they come: an array of files, each with its sessions.
public final class SessionsJson implements Closeable {
    private final JsonGenerator json;

    public SessionsJson(final Writer out) throws IOException {
        json = new ObjectMapper().createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.useDefaultPrettyPrinter();
        json.writeStartArray();
    }

    /// Begins a file.
    ///
    /// @param kind whether its node is a redirector or a blade
    public void beginFile(
            final Path file, final String node, final String kind, final int incarnation)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("file", file.toString());
        json.writeStringField("node", node);
        json.writeStringField("kind", kind);
        json.writeNumberField("incarnation", incarnation);
        json.writeArrayFieldStart("sessions");
    }

    public void write(final SessionRow row) throws IOException {
        json.writePOJO(row);
    }

    /// Ends a file.
    ///
    /// @param damaged records that could not be read
    public void endFile(final long damaged) throws IOException {
        json.writeEndArray();
        json.writeNumberField("damaged", damaged);
        json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
        json.writeEndArray();
        json.writeRaw('\n');
        json.close();
    }
}
