package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.boomerang.cluster.JGroupsConfig.Stack;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.cluster.key.TestKeys;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

class JGroupsConfigTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final List<InetSocketAddress> HOSTS =
            List.of(new InetSocketAddress(LOOPBACK, 7_800));

    @Test
    void shouldRefuseWhatCannotWork() {
        assertRefused(" ", Stack.TCP, 7_800, 3, HOSTS);
        assertRefused("chassis", Stack.TCP, -1, 3, HOSTS);
        assertRefused("chassis", Stack.TCP, 65_535, 3, HOSTS);
        assertRefused("chassis", Stack.TCP, 0, 3, HOSTS);
        assertRefused("chassis", Stack.SHARED_LOOPBACK, 7_800, 3, HOSTS);
        assertThrows(
                IllegalArgumentException.class,
                () -> JGroupsConfig.inMemory("chassis").withKey(KeyHolder.of(TestKeys.key(0))));
    }

    private static void assertRefused(
            final String name,
            final Stack stack,
            final int firstPort,
            final int portRange,
            final List<InetSocketAddress> hosts) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new JGroupsConfig(name, stack, LOOPBACK, firstPort, portRange, hosts));
    }
}
