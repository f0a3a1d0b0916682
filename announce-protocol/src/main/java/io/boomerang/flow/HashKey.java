package io.boomerang.flow;

/// The secret key of a hash of flows. Any two words; not shown in texts.
///
/// @param word0 first half
/// @param word1 second half
public record HashKey(long word0, long word1) {
    /// Without the words, which are a secret.
    @Override
    public String toString() {
        return "HashKey[...]";
    }
}
