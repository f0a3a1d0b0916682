package io.boomerang.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where files lie and what their text may not hold.
class LayoutTest {
    private static final Set<String> TOP_LEVEL =
            Set.of(
                    "pom.xml",
                    "announce-protocol",
                    "redirector",
                    "blade-node",
                    "chassis-sim",
                    "README.md",
                    "LICENSE");

    @Test
    void shouldHaveNothingElseAtTheTop() throws IOException {
        final Set<String> strangers;
        try (Stream<Path> entries = Files.list(Repository.root())) {
            strangers =
                    entries.map(entry -> entry.getFileName().toString())
                            .filter(name -> !name.startsWith(".") && !name.equals("target"))
                            .filter(name -> !TOP_LEVEL.contains(name))
                            .collect(Collectors.toCollection(TreeSet::new));
        }

        assertEquals(Set.of(), strangers);
    }

    @Test
    void shouldHoldNoTextThatTheRulesForbid() {
        final List<String> complaints =
                Repository.files().stream()
                        .filter(file -> TextRules.isText(file.getFileName().toString()))
                        .flatMap(file ->
                                TextRules.complaints(
                                        file.toString().replace('\\', '/'), Repository.read(file))
                                        .stream())
                        .toList();

        assertEquals("", String.join("\n", complaints));
    }

    @Test
    void shouldHaveAReadmePerModule() {
        final List<String> missing =
                Repository.MODULES.stream()
                        .filter(module ->
                                !Files.isRegularFile(
                                        Repository.root().resolve(module, "README.md")))
                        .toList();

        assertEquals(List.of(), missing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "// TO" + "DO: think\n",
                "// FIX" + "ME later\n",
                "see /ro" + "ot/notes/today\n",
                "cd /ho" + "me/somebody/project\n",
                "            Thread.sle" + "ep(10);\n",
                "    @Dis" + "abled\n    void shouldWork() {}\n",
                "no end of line"
            })
    void shouldComplainOfTextThatTheRulesForbid(final String text) {
        assertEquals(
                1, TextRules.complaints("redirector/src/test/java/SomeTest.java", text).size());
    }

    @Test
    void shouldComplainOfALongFile() {
        assertEquals(
                1, TextRules.complaints("A.java", "x\n".repeat(TextRules.MOST_LINES + 1)).size());
        assertTrue(TextRules.complaints("A.java", "x\n".repeat(TextRules.MOST_LINES)).isEmpty());
    }
}
