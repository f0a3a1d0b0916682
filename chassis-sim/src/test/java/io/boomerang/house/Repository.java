package io.boomerang.house;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The files of the project, as far as people write them.
final class Repository {
    static final List<String> MODULES =
            List.of("announce-protocol", "redirector", "blade-node", "chassis-sim");

    private Repository() {}

    static Path root() {
        for (@Nullable Path candidate = Path.of("").toAbsolutePath();
                candidate != null;
                candidate = candidate.getParent()) {
            if (Files.isDirectory(candidate.resolve(MODULES.getFirst()))) {
                return candidate;
            }
        }
        throw new IllegalStateException("no repository above the working directory");
    }

    /// Relative to the root, sorted: what lies in the modules, and single files beside them.
    /// Neither what a build made nor what tools keep in directories of their own.
    static List<Path> files() {
        final Path root = root();
        final List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                final Path directory, final BasicFileAttributes attributes) {
                            return isForeign(root, directory)
                                    ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                final Path file, final BasicFileAttributes attributes) {
                            if (attributes.isRegularFile()) {
                                files.add(root.relativize(file));
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.sort(files);
        return files;
    }

    static List<Path> javaFiles() {
        return files().stream().filter(file -> file.toString().endsWith(".java")).toList();
    }

    static String read(final Path file) {
        try {
            return Files.readString(root().resolve(file));
        } catch (final IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static boolean isForeign(final Path root, final Path directory) {
        if (directory.equals(root)) {
            return false;
        }
        final String name = directory.getFileName().toString();
        if (root.equals(directory.getParent())) {
            return !MODULES.contains(name) && !name.equals(".ci");
        }
        return name.equals("target") || name.startsWith(".");
    }
}
