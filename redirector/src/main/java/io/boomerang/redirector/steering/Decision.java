package io.boomerang.redirector.steering;

/// Why a packet went to its blade.
public enum Decision {
    /// A live session stood in the table.
    SESSION,
    /// A new flow; its bucket is allocated to the blade.
    BUCKET,
    /// A new flow; the blade carried the least load of those compared.
    LOAD,
    /// A new flow that its blade has announced to expect.
    EXPECTED,
    /// A tuple that was seen before and whose session had ended: its blade is remembered.
    MEMORY,
    /// A blade was asked and said that it holds the flow.
    ANSWER,
    /// The session's blade is dead; another one was chosen.
    RESELECTED,
    /// The bucket's blade is dead and the allocation has not followed yet.
    FALLBACK
}
