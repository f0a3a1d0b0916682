import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Makes what an image needs below the program: a JDK cut down by jlink, with the compiler that
/// Chronicle Map calls, and the C library of the machine that builds. Run by the build as a source
/// file, with the JDK that is to go into the image: `java ImageRoot.java DIRECTORY`.
final class ImageRoot {
    private static final String MODULES =
            "java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,"
                    + "java.sql,java.xml,jdk.compiler,jdk.crypto.ec,jdk.management,jdk.net,"
                    + "jdk.unsupported,jdk.zipfs";

    /// Of java.desktop only classes without a picture or a sound are used.
    private static final Pattern LEFT_OUT =
            Pattern.compile(
                    ".*/lib(awt.*|fontmanager|freetype|javajpeg|jawt|jsound|lcms|mlib.*|splash.*)"
                            + "\\.so");

    /// `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)`, or a path alone.
    private static final Pattern LIBRARY = Pattern.compile("(?:=> |^\\s*)(/\\S+) \\(0x");

    private final Path root;
    private final Path runtime;

    private ImageRoot(final Path root) {
        this.root = root;
        runtime = root.resolve("opt/jre");
    }

    public static void main(final String[] args) throws IOException, InterruptedException {
        final ImageRoot image = new ImageRoot(Path.of(args[0]).toAbsolutePath());
        image.clear();
        image.link();
        image.copyLibraries();
        image.addPlaces();
    }

    private void clear() throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(runtime.getParent());
    }

    private void link() {
        final int status =
                ToolProvider.findFirst("jlink")
                        .orElseThrow(() -> new IllegalStateException("this JDK has no jlink"))
                        .run(
                                System.out,
                                System.err,
                                "--add-modules",
                                MODULES,
                                "--strip-debug",
                                "--no-header-files",
                                "--no-man-pages",
                                "--output",
                                runtime.toString());
        if (status != 0) {
            throw new IllegalStateException("jlink ended with " + status);
        }
    }

    /// Those that do not come with the JDK.
    private void copyLibraries() throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("ldd", runtime + "/bin/java"));
        try (Stream<Path> files = Files.walk(runtime.resolve("lib"))) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith(".so"))
                    .filter(name -> !LEFT_OUT.matcher(name).matches())
                    .forEach(command::add);
        }
        final Process ldd =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        final TreeSet<String> libraries = new TreeSet<>();
        new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(LIBRARY::matcher)
                .filter(line -> line.find())
                .map(line -> line.group(1))
                .filter(library -> !library.startsWith(runtime.toString()))
                .forEach(libraries::add);
        ldd.waitFor();
        if (libraries.isEmpty()) {
            throw new IllegalStateException("ldd names no libraries");
        }
        libraries.forEach(library -> {
            final Path copy = root.resolve(library.substring(1));
            try {
                Files.createDirectories(copy.getParent());
                Files.copy(Path.of(library), copy, StandardCopyOption.REPLACE_EXISTING);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void addPlaces() throws IOException {
        Files.createDirectories(root.resolve("tmp"));
        Files.createDirectories(root.resolve("var/lib/boomerang"));
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/:/sbin/nologin\n");
    }
}
