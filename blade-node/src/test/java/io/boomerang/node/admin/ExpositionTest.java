package io.boomerang.node.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class ExpositionTest {
    private static final Pattern COMMENT =
            Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\"\\\\n])*)\"");
    private static final Pattern VALUE =
            Pattern.compile(
                    "([a-zA-Z_:][a-zA-Z0-9_:]*)\\{(" + LABEL + "(?:," + LABEL + ")*)\\} (\\S+)");

    private static String exposition() throws NodeBusyException, InterruptedException {
        final Exposition exposition = new Exposition();
        for (final OperatedNode node : new FakeBlade().nodes()) {
            exposition.add(node.status());
        }
        return exposition.toString();
    }

    /// Complains of what is not as the text format 0.0.4 wants it.
    private static List<String> complaints(final String text) {
        final List<String> complaints = new ArrayList<>();
        final Set<String> done = new HashSet<>();
        final Set<String> series = new HashSet<>();
        String helped = "";
        String typed = "";
        for (final String line : text.split("\n", -1)) {
            final Matcher comment = COMMENT.matcher(line);
            final Matcher value = VALUE.matcher(line);
            if (comment.matches() && comment.group(1).equals("HELP")) {
                helped = comment.group(2);
                if (!done.add(helped)) {
                    complaints.add(helped + " stands there twice");
                }
            } else if (comment.matches()) {
                typed = comment.group(2);
                if (!typed.equals(helped) || !comment.group(3).matches("counter|gauge")) {
                    complaints.add("misplaced: " + line);
                }
            } else if (value.matches()) {
                if (!value.group(1).equals(typed)
                        || !series.add(line.substring(0, line.lastIndexOf(' ')))) {
                    complaints.add("misplaced: " + line);
                }
                Double.parseDouble(value.group(value.groupCount()));
            } else if (!line.isEmpty()) {
                complaints.add("malformed: " + line);
            }
        }
        return complaints;
    }

    @Test
    void shouldBeAsPrometheusReadsIt() throws Exception {
        final String text = exposition();

        assertEquals(List.of(), complaints(text));
        assertTrue(text.endsWith("\n"));
        assertTrue(
                text.contains(
                        """
                        # HELP boomerang_drops_total Frames that the node lost, by the reason.
                        # TYPE boomerang_drops_total counter
                        boomerang_drops_total{node="slot-2-redirector",role="ingress-redirector",reason="no-\\"blade\\"\\\\"} 3
                        boomerang_drops_total{node="slot-2-redirector",role="ingress-redirector",reason="no-path"} 4
                        boomerang_drops_total{node="slot-2-processor",role="blade",reason="no-\\"blade\\"\\\\"} 3
                        """),
                text);
    }

    @Test
    void shouldHaveATestThatCanFail() throws Exception {
        final String text = exposition();

        assertTrue(!complaints(text.replaceFirst("# TYPE \\S+ counter", "# TYPE x y")).isEmpty());
        assertTrue(!complaints(text + text).isEmpty());
        assertTrue(!complaints(text.replace("no-path\"", "no\\path\"")).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldBeNamedAsPrometheusAsksFor(final Metric metric) {
        final String name = metric.exposedName();

        assertTrue(name.matches("boomerang_[a-z_]+[a-z]"), name);
        assertEquals(metric.type() == Metric.Type.COUNTER, name.endsWith("_total"), name);
        assertTrue(metric.label().matches("|[a-z]+"), metric.label());
        assertTrue(!Set.of("node", "role").contains(metric.label()), metric.label());
        assertTrue(metric.help().endsWith(".") && !metric.help().contains("\\"), metric.help());
    }

    @Test
    void shouldBeTheTableOfTheReadme() throws Exception {
        final List<String> expected =
                Arrays.stream(Metric.values())
                        .map(metric ->
                                "| `"
                                        + metric.exposedName()
                                        + "` | "
                                        + metric.type().word()
                                        + " | "
                                        + metric.label()
                                        + " | "
                                        + metric.help()
                                        + " |")
                        .toList();

        final List<String> actual =
                Files.readAllLines(Path.of("../blade-node/OPERATING.md")).stream()
                        .filter(line -> line.startsWith("| `boomerang_"))
                        .toList();

        assertEquals(String.join("\n", expected), String.join("\n", actual));
    }
}
