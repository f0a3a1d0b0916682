package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

final class KeyCommandTest {
    @TempDir private Path directory;

    private String file(final String name) {
        return directory.resolve(name).toString();
    }

    private static List<String> key(final String... arguments) {
        final String[] all = new String[arguments.length + 1];
        all[0] = "key";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        final CommandRun run = CommandRun.of(all);
        assertEquals(0, run.status(), run.err());
        return run.out().lines().toList();
    }

    private static String is(final List<String> shown) {
        return shown.getFirst().replaceFirst("is +", "");
    }

    private static Set<String> trusts(final List<String> shown) {
        return shown.stream()
                .filter(line -> line.startsWith("trusts"))
                .map(line -> line.replaceFirst("trusts +", ""))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldLeadThroughAChangeOfTheKey() {
        final String now = is(key("new", file("chassis.p12")));
        final String next = is(key("new", file("next.p12")));
        assertEquals(Set.of(now), trusts(key("show", file("chassis.p12"))));

        key("trust", file("chassis.p12"), file("next.p12"));
        key("trust", file("next.p12"), file("chassis.p12"));

        assertEquals(now, is(key("show", file("chassis.p12"))));
        assertEquals(Set.of(now, next), trusts(key("show", file("chassis.p12"))));
        assertEquals(next, is(key("show", file("next.p12"))));
        assertEquals(Set.of(now, next), trusts(key("show", file("next.p12"))));
        assertEquals(Set.of(next), trusts(key("distrust", file("next.p12"))));
        assertEquals(Set.of(next), trusts(key("show", file("next.p12"))));
    }

    @Test
    void shouldEncryptFilesWithThePasswordThatAFileHas() throws IOException {
        Files.writeString(directory.resolve("password"), "secret\nnot this\n");
        final List<String> made =
                key("new", "--key-password", file("password"), file("chassis.p12"));

        assertEquals(made, key("show", "--key-password", file("password"), file("chassis.p12")));
        final CommandRun without = CommandRun.of("key", "show", file("chassis.p12"));
        assertEquals(1, without.status());
        assertTrue(without.err().contains("chassis.p12: is no chassis key: "), without.err());
    }

    @Test
    void shouldOverwriteNoKey() throws IOException {
        Files.writeString(directory.resolve("precious"), "precious");

        final CommandRun run = CommandRun.of("key", "new", file("precious"));

        assertEquals(1, run.status());
        assertTrue(run.err().contains("precious: exists already"), run.err());
        assertEquals("precious", Files.readString(directory.resolve("precious")));
    }

    @Test
    void shouldSayWhatItCanDo() {
        final CommandRun run = CommandRun.of("key");

        assertEquals(2, run.status());
        assertTrue(run.err().contains("Say what to do: new, show, trust or distrust"), run.err());
    }
}
