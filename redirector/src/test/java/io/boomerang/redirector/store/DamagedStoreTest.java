package io.boomerang.redirector.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Files that something has written into. What is read of them is what was stored, or nothing.
class DamagedStoreTest {
    private static final int SEEDS = 100;
    private static final int FLOWS = 300;
    private static final int MOST_FLIPS = 200;
    private static final int HEAD_END = 4_096;
    private static final int SEGMENT_HEADERS_END = 4_288;

    @TempDir private Path directory;

    @Test
    void shouldNeverReadAWrongSession() throws IOException {
        final Path original = directory.resolve("original");
        try (StoreRig rig = new StoreRig(original)) {
            for (int flow = 0; flow < FLOWS; flow++) {
                rig.announce(StoreRig.session(flow, flow));
            }
            rig.round();
        }
        final Long replayed = Long.getLong("seed");
        if (replayed != null) {
            damage(original, replayed);
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            damage(original, seed);
        }
    }

    private void damage(final Path original, final long seed) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final Path damaged = Files.createDirectories(directory.resolve("seed-" + seed));
        final byte[] bytes = Files.readAllBytes(original.resolve("ingress-1.1.sessions"));
        Files.write(damaged.resolve("ingress-1.1.sessions"), damage(bytes, random));
        final byte[] label = Files.readAllBytes(original.resolve("ingress-1.1.label"));
        if (random.nextInt(10) == 0) {
            flip(label, 0, label.length, 1, random);
        }
        Files.write(damaged.resolve("ingress-1.1.label"), label);
        try (StoreRig rig = new StoreRig(damaged)) {
            rig.restored()
                    .values()
                    .forEach(session ->
                            assertEquals(
                                    StoreRig.session(session.version(), session.version()),
                                    session));
            rig.announce(StoreRig.session(1, 1));
            rig.round();
            assertEquals(1, rig.counters().rounds());
            assertTrue(rig.restored().size() <= FLOWS);
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static byte[] damage(final byte[] original, final SplittableRandom random) {
        final byte[] bytes = original.clone();
        final int flips = random.nextInt(1, MOST_FLIPS);
        switch (random.nextInt(6)) {
            case 0 -> flip(bytes, 0, HEAD_END, flips, random);
            case 1 -> flip(bytes, HEAD_END, SEGMENT_HEADERS_END, flips, random);
            case 2 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case 3 -> {
                final int from = random.nextInt(bytes.length);
                Arrays.fill(bytes, from, bytes.length, (byte) random.nextInt());
            }
            case 4 -> {
                // A page that went to another place.
                final int length = random.nextInt(1, Math.min(4_097, bytes.length));
                System.arraycopy(
                        original,
                        random.nextInt(bytes.length - length + 1),
                        bytes,
                        random.nextInt(bytes.length - length + 1),
                        length);
            }
            default -> flip(bytes, HEAD_END, bytes.length, flips, random);
        }
        return bytes;
    }

    private static void flip(
            final byte[] bytes,
            final int from,
            final int to,
            final int flips,
            final SplittableRandom random) {
        for (int i = 0; i < flips; i++) {
            bytes[random.nextInt(from, to)] ^= (byte) (1 << random.nextInt(8));
        }
    }
}
