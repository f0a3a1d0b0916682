package io.boomerang.blade.terminal;

/// What a terminal blade has done so far.
///
/// @param given connections that went to other blades
/// @param kept connections that did not and went on here
/// @param lost connections that were reset because nobody knew any more whether they were whole
/// @param taken connections that came from other blades
/// @param incomplete connections whose blade died before all of them was here
/// @param passedOn packets of connections that are elsewhere, sent back to their flow's owner
/// @param droppedEarly packets of connections that were not this blade's yet
/// @param droppedAstray packets of connections that are elsewhere, which nobody could take or which
///   went round
public record TerminalCounters(
        long given,
        long kept,
        long lost,
        long taken,
        long incomplete,
        long passedOn,
        long droppedEarly,
        long droppedAstray) {}
