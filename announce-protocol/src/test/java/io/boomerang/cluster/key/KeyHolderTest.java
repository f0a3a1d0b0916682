package io.boomerang.cluster.key;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

class KeyHolderTest {
    private static final char[] PASSWORD = {};

    @TempDir private Path directory = Path.of("");

    private final ChassisKey key = TestKeys.key(0);
    private final ChassisKey other = TestKeys.key(1);

    @Test
    void shouldTellOfANewKeyOnce() {
        final KeyHolder holder = KeyHolder.of(key);
        final List<ChassisKey> told = new CopyOnWriteArrayList<>();
        holder.addListener(told::add);

        holder.replace(key);
        holder.replace(other);
        holder.replace(other);

        assertEquals(List.of(other), told);
        assertEquals(other, holder.key());
    }

    @Test
    void shouldFollowItsFileAndKeepTheKeyWhenTheFileIsNone() throws IOException {
        final Path file = directory.resolve("chassis.p12");
        key.store(file, PASSWORD);
        try (KeyHolder holder = KeyHolder.watch(file, PASSWORD)) {
            final List<ChassisKey> told = new CopyOnWriteArrayList<>();
            holder.addListener(told::add);

            Files.writeString(file, "no key at all");
            Files.delete(file);
            other.store(file, PASSWORD);

            await().until(() -> holder.key().equals(other));
            assertEquals(List.of(other), told);
        }
    }
}
