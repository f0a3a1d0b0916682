package io.boomerang.node.admin;

import java.util.List;

/// What a capture has taken since it was asked last.
///
/// @param frames in their order
/// @param lost frames that found no room, since the capture began
public record CaptureBatch(List<CapturedFrame> frames, long lost) {
    public CaptureBatch {
        frames = List.copyOf(frames);
    }
}
