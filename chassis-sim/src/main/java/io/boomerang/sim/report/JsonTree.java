package io.boomerang.sim.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// JSON that a daemon has answered. What is not there is empty, 0 or false: a daemon of another
/// release may say less.
public final class JsonTree {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonNode node;

    private JsonTree(final JsonNode node) {
        this.node = node;
    }

    /// Reads an answer.
    ///
    /// @throws IOException when it is no JSON
    public static JsonTree parse(final String text) throws IOException {
        return new JsonTree(MAPPER.readTree(text));
    }

    /// Several values as one array.
    public static String array(final List<JsonTree> values) {
        final ArrayNode array = MAPPER.createArrayNode();
        values.forEach(value -> array.add(value.node));
        return pretty(array);
    }

    /// An answer that says only what went wrong.
    public static JsonTree failure(final String blade, final String error) {
        final ObjectNode failure = MAPPER.createObjectNode();
        failure.put("blade", blade);
        failure.put("error", error);
        return new JsonTree(failure);
    }

    private static String pretty(final JsonNode node) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    public boolean has(final String field) {
        return node.hasNonNull(field);
    }

    /// Of fields within fields.
    public JsonTree at(final String... fields) {
        JsonNode at = node;
        for (final String field : fields) {
            at = at.has(field) ? at.get(field) : MissingNode.getInstance();
        }
        return new JsonTree(at);
    }

    public String text(final String field) {
        return at(field).node.asText("");
    }

    public long number(final String field) {
        return at(field).node.asLong();
    }

    public double decimal(final String field) {
        return at(field).node.asDouble();
    }

    public boolean flag(final String field) {
        return at(field).node.asBoolean();
    }

    public List<JsonTree> list(final String field) {
        final List<JsonTree> values = new ArrayList<>();
        at(field).node.forEach(value -> values.add(new JsonTree(value)));
        return values;
    }

    /// The fields of this value that are numbers.
    public Map<String, Double> numbers() {
        final Map<String, Double> numbers = new LinkedHashMap<>();
        node.properties()
                .forEach(field -> {
                    if (field.getValue().isNumber()) {
                        numbers.put(field.getKey(), field.getValue().asDouble());
                    }
                });
        return numbers;
    }

    /// This value as text, without quotes.
    public String asText() {
        return node.asText("");
    }

    @Override
    public String toString() {
        return pretty(node);
    }
}
