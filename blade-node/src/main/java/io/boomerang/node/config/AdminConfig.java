package io.boomerang.node.config;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.Map;

/// Where operators and their programs reach the daemons.
///
/// @param addressByBlade where the daemon of a blade listens; a blade without an address is not
///   reached
/// @param token that every request has to show; empty when none has to, which is allowed only where
///   all addresses are of the loopback
public record AdminConfig(Map<String, InetSocketAddress> addressByBlade, String token) {
    public AdminConfig {
        addressByBlade = Map.copyOf(addressByBlade);
    }

    /// Where the daemon of a blade listens; null when nowhere.
    public @Nullable InetSocketAddress addressOf(final String blade) {
        return addressByBlade.get(blade);
    }

    /// Without the token.
    @Override
    public String toString() {
        return "AdminConfig[" + addressByBlade + (token.isEmpty() ? "]" : ", with a token]");
    }
}
