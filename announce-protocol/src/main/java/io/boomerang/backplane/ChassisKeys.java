package io.boomerang.backplane;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The secret keys with which the nodes of a chassis know each other's datagrams. The first one
/// signs, all are believed. So a key is replaced without a pause: add the new one at the end on
/// every node, then put it first on every node, then take the old one away.
///
/// @param keys 1 to {@link #MAX_KEYS}, with different ids
public record ChassisKeys(List<Key> keys) {
    public static final int MAX_KEYS = 8;
    public static final int MAX_ID = 255;

    /// One key.
    ///
    /// @param id names it on the wire, 0 to 255
    /// @param word0 first half of its 128 bits, little-endian
    /// @param word1 second half
    public record Key(int id, long word0, long word1) {
        public Key {
            if (id < 0 || id > MAX_ID) {
                throw new IllegalArgumentException("key id " + id + " is outside 0.." + MAX_ID);
            }
        }

        /// Without the secret.
        @Override
        public String toString() {
            return "Key[id=" + id + "]";
        }
    }

    public ChassisKeys {
        keys = List.copyOf(keys);
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException(keys.size() + " keys are not 1.." + MAX_KEYS);
        }
        if (keys.stream().mapToInt(Key::id).distinct().count() != keys.size()) {
            throw new IllegalArgumentException("two keys have the same id");
        }
    }

    Key signing() {
        return keys.getFirst();
    }

    @Nullable Key key(final int id) {
        for (int i = 0; i < keys.size(); i++) {
            final Key key = keys.get(i);
            if (key.id() == id) {
                return key;
            }
        }
        return null;
    }
}
