package io.boomerang.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are passed like this on Linux")
class DescriptorMessagesTest {
    private static final int EBADF = 9;
    private static final int EPIPE = 32;

    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private final DescriptorMessages messages = new DescriptorMessages(arena);
    private final UnixPair way = UnixPair.open(arena);
    private final UnixPair goods = UnixPair.open(arena);
    private final MemorySegment buffer = arena.allocate(16);

    @AfterEach
    void close() {
        way.close();
        goods.close();
        arena.close();
    }

    @Test
    void shouldPassADescriptorWithItsBytes() {
        final MemorySegment hello = arena.allocateFrom("hello").asSlice(0, 5);

        assertEquals(5, messages.send(way.left(), hello, goods.left()));
        assertEquals(5, messages.receive(way.right(), buffer));

        final int passed = messages.descriptor();
        assertEquals("hello", buffer.getString(0));
        assertNotEquals(goods.left(), passed);
        goods.say();
        goods.closeLeft();
        assertEquals(1, calls.receive(passed, buffer, 1, 0));
        calls.close(passed);
    }

    @Test
    void shouldTellMessagesWithoutADescriptor() {
        way.say();

        assertEquals(1, messages.receive(way.left(), buffer));
        assertEquals(-1, messages.descriptor());
    }

    @Test
    void shouldNotWait() {
        assertEquals(-Errno.EAGAIN, messages.receive(way.left(), buffer));

        long result = 1;
        while (result > 0) {
            result = messages.send(way.left(), buffer, goods.left());
        }
        assertEquals(-Errno.EAGAIN, result);
    }

    @Test
    void shouldTellTheEndAndWhatWasCut() {
        final MemorySegment longer = arena.allocate(17);
        longer.set(JAVA_BYTE, 0, (byte) 1);
        assertEquals(17, messages.send(way.left(), longer, goods.left()));
        assertEquals(-Errno.ERANGE, messages.receive(way.right(), buffer));
        calls.close(messages.descriptor());

        way.closeLeft();

        assertEquals(0, messages.receive(way.right(), buffer));
        assertEquals(-EPIPE, messages.send(way.right(), buffer, goods.left()));
        assertEquals(-EBADF, messages.send(goods.left(), buffer, -1));
    }
}
