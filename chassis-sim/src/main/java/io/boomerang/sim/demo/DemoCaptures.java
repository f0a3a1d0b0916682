package io.boomerang.sim.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// Captures of real clients and servers; `PROVENANCE.md` beside them says where they come from.
public final class DemoCaptures {
    /// Their names, in the order in which the demo replays them.
    public static final List<String> NAMES =
            List.of(
                    "http.pcap",
                    "dns.pcap",
                    "ipv6.pcap",
                    "nat-download.pcap",
                    "too-big.pcap",
                    "fragments.pcap",
                    "fragments-late-first.pcap",
                    "port-reuse.pcap");

    private DemoCaptures() {}

    /// Copies the captures into a directory and answers where they are now.
    public static List<Path> copyTo(final Path directory) throws IOException {
        final List<Path> copies = new ArrayList<>();
        for (final String name : NAMES) {
            final Path copy = directory.resolve(name);
            try (InputStream resource = DemoCaptures.class.getResourceAsStream(name)) {
                if (resource == null) {
                    throw new FileNotFoundException(name + " is missing from the build");
                }
                Files.copy(resource, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            copies.add(copy);
        }
        return copies;
    }
}
