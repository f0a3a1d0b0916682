package io.boomerang.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/// For every view: if `wrap` says yes, no getter leaves the memory, which ends at the limit.
class HeaderFuzzTest {
    private static final int ROUNDS = 3_000;
    private static final int MAX_LENGTH = 72;

    private static final List<Class<?>> VIEWS =
            List.of(
                    EthernetHeader.class,
                    VlanTag.class,
                    MplsLabel.class,
                    PppoeHeader.class,
                    PppHeader.class,
                    LinuxCookedHeader.class,
                    LinuxCookedV2Header.class,
                    BsdLoopbackHeader.class,
                    ArpHeader.class,
                    Ipv4Header.class,
                    Ipv6Header.class,
                    Ipv6ExtensionHeader.class,
                    Ipv6FragmentHeader.class,
                    AuthenticationHeader.class,
                    PortPair.class,
                    TcpHeader.class,
                    UdpHeader.class,
                    SctpHeader.class,
                    DccpHeader.class,
                    IcmpHeader.class,
                    GreHeader.class,
                    GeneveHeader.class);

    static Stream<Class<?>> views() {
        return VIEWS.stream();
    }

    @ParameterizedTest
    @MethodSource("views")
    void shouldStayWithinTheLimitOnceWrapped(final Class<?> view)
            throws ReflectiveOperationException {
        final long seed = Long.getLong("seed", view.getSimpleName().hashCode());
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final Object header = view.getDeclaredConstructor().newInstance();
        final Method wrap = view.getMethod("wrap", MemorySegment.class, long.class, long.class);
        final List<Method> getters = getters(view);
        int wrapped = 0;

        for (int round = 0; round < ROUNDS; round++) {
            final byte[] content = new byte[random.nextInt(MAX_LENGTH)];
            random.nextBytes(content);
            if (random.nextBoolean()) {
                makeSmall(content);
            }
            final MemorySegment memory = RecordedFrames.segment(content);
            final int offset = random.nextInt(content.length + 1);
            if (!(boolean) wrap.invoke(header, memory, (long) offset, (long) content.length)) {
                continue;
            }
            wrapped++;
            for (final Method getter : getters) {
                try {
                    getter.invoke(header);
                } catch (final InvocationTargetException e) {
                    throw new AssertionError(
                            getter + " at " + offset + " of " + content.length + ", seed " + seed,
                            e.getCause());
                }
            }
        }

        assertTrue(wrapped > ROUNDS / 100, "wrapped only " + wrapped + ", seed " + seed);
    }

    /// Length fields rarely fit where every value is as likely as another.
    private static void makeSmall(final byte[] content) {
        for (int i = 0; i < content.length; i++) {
            content[i] &= 0x07;
        }
    }

    private static List<Method> getters(final Class<?> view) {
        final List<Method> getters = new ArrayList<>();
        for (final Method method : view.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getParameterCount() == 0) {
                getters.add(method);
            }
        }
        assertTrue(getters.size() >= 2, view + " has " + getters);
        return getters;
    }
}
