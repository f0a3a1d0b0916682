package io.boomerang.redirector.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.redirector.session.Origin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

class SessionStoreTest {
    @TempDir private Path directory;

    @Test
    void shouldGiveBackWhatTheTableHeld() {
        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(Map.of(), rig.restored());
            rig.announce(StoreRig.session(1, 5));
            rig.announce(StoreRig.session(3, 0xFFFF));
            rig.round();
        }

        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(
                    Map.of(
                            StoreRig.key(1), StoreRig.session(1, 5),
                            StoreRig.key(3), StoreRig.session(3, 0xFFFF)),
                    rig.restored());
            assertEquals(new Restoration(2, 0, List.of()), rig.restoration());
        }
    }

    @Test
    void shouldWriteWhatChangedAndNothingElse() {
        try (StoreRig rig = new StoreRig(directory)) {
            for (int flow = 0; flow < 100; flow++) {
                rig.announce(StoreRig.session(flow, 1));
            }
            rig.round();
            assertEquals(100, rig.counters().written());
            rig.announce(StoreRig.session(7, 2));
            rig.close(StoreRig.session(8, 1));

            rig.round();
            rig.round();

            assertEquals(101, rig.counters().written());
            assertEquals(1, rig.counters().removed());
            assertEquals(3, rig.counters().rounds());
        }
        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(99, rig.restored().size());
            assertEquals(StoreRig.session(7, 2), rig.restored().get(StoreRig.key(7)));
        }
    }

    @Test
    void shouldNotKeepWhatNoBladeHasAnnounced() {
        try (StoreRig rig = new StoreRig(directory)) {
            rig.install(StoreRig.session(1, 0), Origin.DECIDED);
            rig.install(StoreRig.session(2, 0), Origin.CACHED);
            rig.round();
            assertEquals(0, rig.counters().written());
        }
    }

    @Test
    void shouldNotKeepWhatIsOver() {
        try (StoreRig rig = new StoreRig(directory)) {
            rig.announce(StoreRig.session(1, 0));
            rig.round();
            rig.lapse(StoreRig.session(1, 0));

            rig.round();

            assertEquals(1, rig.counters().removed());
        }
    }

    @Test
    void shouldKeepTheOldFileUntilTheNewOneHoldsAll() throws IOException {
        try (StoreRig rig = new StoreRig(directory)) {
            rig.announce(StoreRig.session(1, 0));
            rig.round();
        }
        new StoreRig(directory).close();
        assertEquals(List.of("ingress-1.1.sessions", "ingress-1.2.sessions"), sessionFiles());

        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(1, rig.restored().size());
            rig.announce(StoreRig.session(1, 0));
            rig.round();
        }

        assertEquals(List.of("ingress-1.3.sessions"), sessionFiles());
    }

    @Test
    void shouldCountItsStarts() throws IOException {
        for (int start = 1; start <= 3; start++) {
            try (StoreRig rig = new StoreRig(directory)) {
                assertEquals(start, rig.incarnation());
            }
        }
        Files.writeString(directory.resolve("ingress-1.lock"), "nonsense");
        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(4, rig.incarnation());
        }
    }

    @Test
    void shouldRefuseASecondOwner() {
        try (StoreRig rig = new StoreRig(directory)) {
            final var refusal =
                    assertThrows(UncheckedIOException.class, () -> new StoreRig(directory).close());

            assertTrue(String.valueOf(refusal.getMessage()).contains("ingress-1.lock: is in use"));
            assertEquals(1, rig.incarnation());
        }
    }

    @Test
    void shouldSetAsideWhatBelongsToOthers() throws IOException {
        final Path theirs = directory.resolve("ingress-1.1.sessions");
        try (StoreRig rig = new StoreRig(directory, 7, 42)) {
            rig.announce(StoreRig.session(1, 0));
            rig.round();
        }
        try (StoreRig rig = new StoreRig(directory, 7, 43)) {
            assertEquals(Map.of(), rig.restored());
            assertEquals(
                    List.of(
                            theirs
                                    + ": belongs to a chassis with cluster parameters"
                                    + " 000000000000002a, not 000000000000002b"),
                    rig.restoration().setAside());
            assertTrue(Files.exists(directory.resolve("ingress-1.1.sessions.set-aside")));
            assertTrue(Files.exists(directory.resolve("ingress-1.1.label.set-aside")));
        }
    }

    @Test
    void shouldSetAsideWhatHasNoLabel() throws IOException {
        final Path file = directory.resolve("ingress-1.1.sessions");
        Files.writeString(file, "nothing of ours");

        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(
                    List.of(file + ": has no label, ingress-1.1.label"),
                    rig.restoration().setAside());
        }
    }

    @Test
    void shouldTellAnotherFormatByItsLabel() throws IOException {
        new StoreRig(directory).close();
        final Path label = directory.resolve("ingress-1.1.label");
        Files.writeString(
                label,
                Files.readString(label).replace("boomerang-sessions 1", "boomerang-sessions 2"));

        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(
                    List.of(label + ": is damaged: its checksum does not fit"),
                    rig.restoration().setAside());
        }
    }

    @Test
    void shouldRecoverWhatIsLeftOfATruncatedFileAndKeepIt() throws IOException {
        final Path file = directory.resolve("ingress-1.1.sessions");
        try (StoreRig rig = new StoreRig(directory)) {
            for (int flow = 0; flow < 400; flow++) {
                rig.announce(StoreRig.session(flow, 1));
            }
            rig.round();
        }
        try (var channel = java.nio.channels.FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() * 2 / 3);
        }

        try (StoreRig rig = new StoreRig(directory)) {
            assertTrue(rig.restored().size() < 400, () -> "restored " + rig.restored().size());
            rig.restored()
                    .forEach((key, session) -> assertEquals(1, session.version(), key::toString));
            rig.round();
        }

        assertEquals(List.of("ingress-1.2.sessions"), sessionFiles());
        assertTrue(Files.exists(directory.resolve("ingress-1.1.sessions.set-aside")));
    }

    @Test
    void shouldTakeALookWhileTheOwnerWrites() throws IOException {
        try (StoreRig rig = new StoreRig(directory)) {
            rig.announce(StoreRig.session(1, 0));
            rig.round();
            final List<Path> files = StoreSnapshot.filesAt(directory);
            final StoreSnapshot snapshot = StoreSnapshot.of(files.getFirst());
            final TreeSet<Long> flowIds = new TreeSet<>();

            final long damaged =
                    snapshot.read(record -> {
                        final StoredSession session = StoredSession.read(record);
                        return session != null && flowIds.add(session.flowId());
                    });

            assertEquals(0, damaged);
            assertEquals(List.of(1_001L), List.copyOf(flowIds));
            assertEquals("ingress-1", snapshot.label().name());
            rig.announce(StoreRig.session(2, 0));
            rig.round();
            assertEquals(2, rig.counters().written());
        }
    }

    @Test
    void shouldBeginAnewWhenTheFileCannotBeWritten() {
        try (StoreRig rig = new StoreRig(directory)) {
            rig.announce(StoreRig.session(1, 0));
            rig.failOnce();
            rig.round();
            assertEquals(1, rig.counters().failures());

            rig.roundAfter(SessionStore.REPAIR_INTERVAL_MS - 1);
            assertEquals(0, rig.counters().rounds());
            rig.roundAfter(SessionStore.REPAIR_INTERVAL_MS);

            assertEquals(1, rig.counters().rounds());
        }
        try (StoreRig rig = new StoreRig(directory)) {
            assertEquals(1, rig.restored().size());
        }
    }

    private List<String> sessionFiles() throws IOException {
        return StoreFiles.sessionFiles(directory).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }
}
