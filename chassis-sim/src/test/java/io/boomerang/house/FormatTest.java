package io.boomerang.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Sources look as google-java-format writes them (AOSP style). With `-Dformat=apply` the test
/// writes them so.
class FormatTest {
    private static final String APPLY =
            "mvn -pl chassis-sim -am test -Dtest=FormatTest -Dformat=apply"
                    + " -Dsurefire.failIfNoSpecifiedTests=false";

    private final Formatter formatter =
            new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

    @Test
    void shouldLookAsTheFormatterWritesIt() {
        final boolean apply = "apply".equals(System.getProperty("format"));

        final List<Path> unformatted =
                Repository.javaFiles().parallelStream()
                        .filter(file -> isUnformatted(file, apply))
                        .toList();

        if (!apply && !unformatted.isEmpty()) {
            fail(
                    "not formatted; to format everything: "
                            + APPLY
                            + "\n  "
                            + String.join(
                                    "\n  ", unformatted.stream().map(Path::toString).toList()));
        }
    }

    @Test
    void shouldSeeThatASourceIsNotFormatted() throws FormatterException {
        final String formatted = "class Slot {\n    int blade;\n}\n";

        assertEquals(formatted, formatter.formatSourceAndFixImports(formatted));
        assertNotEquals(
                "class Slot {\n  int blade;\n}\n",
                formatter.formatSourceAndFixImports("class Slot {\n  int blade;\n}\n"));
        assertEquals(
                formatted,
                formatter.formatSourceAndFixImports("import java.util.List;\n" + formatted));
    }

    private boolean isUnformatted(final Path file, final boolean apply) {
        final String source = Repository.read(file);
        try {
            final String formatted = formatter.formatSourceAndFixImports(source);
            if (formatted.equals(source)) {
                return false;
            }
            if (apply) {
                Files.writeString(Repository.root().resolve(file), formatted);
            }
            return true;
        } catch (final FormatterException | IOException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }
}
