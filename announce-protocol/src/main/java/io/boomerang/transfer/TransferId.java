package io.boomerang.transfer;

/// One connection on its way. No two have the same identity as long as the chassis lives.
///
/// @param classifier node id of the blade that gives it, 1 to 65,535
/// @param incarnation how often that blade has started, 0 to 65,535
/// @param number of that blade's process, in the order in which its transfers began
public record TransferId(int classifier, int incarnation, long number) {
    /// Open transfers of one classifier may be that far apart.
    public static final int MAX_SPAN = 4_096;
}
