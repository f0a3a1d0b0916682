package io.boomerang.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/// Compiles classes that break rules, so that the rules can be seen to fail without such classes
/// lying in the tree.
final class Offenders {
    private static final Pattern PACKAGE = Pattern.compile("package ([a-z.]+);");
    private static final Pattern NAME = Pattern.compile("(?:class|interface|record) (\\w+)");

    private Offenders() {}

    static JavaClasses compile(final Path directory, final List<String> sources)
            throws IOException {
        Files.createDirectories(directory);
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final List<JavaFileObject> units = new ArrayList<>();
        for (final String source : sources) {
            units.add(new Source(source));
        }
        final StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(directory));
            final boolean compiled =
                    compiler.getTask(complaints, files, null, List.of("-proc:none"), null, units)
                            .call();
            if (!compiled) {
                throw new IllegalArgumentException(complaints.toString());
            }
        }
        return new ClassFileImporter().importPath(directory);
    }

    /// The full name of the type that a source declares.
    static String nameOf(final String source) {
        return first(PACKAGE, source, "") + "." + first(NAME, source, "package-info");
    }

    private static String first(final Pattern pattern, final String text, final String otherwise) {
        final Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : otherwise;
    }

    /// A source file in memory, named after the type in it.
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(final String text) {
            super(
                    URI.create(
                            "memory:///" + nameOf(text).replace('.', '/') + Kind.SOURCE.extension),
                    Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
