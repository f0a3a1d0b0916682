package io.boomerang.announce;

/// A blade offers another one a flow that it holds, with all that is known of it. The flow remains
/// the sender's until it says so ({@link MoveStep.Step#YOURS}); meanwhile its packets wait there.
///
/// Known since format 2; not sent where a member reads older ones only.
///
/// @param moveId the sender's, another one for each offer; repeated with it
/// @param lender the blade that the flow's translated address and port belong to, 0 when it has
///   none
/// @param flow the marker session
/// @param state what the processor remembers of it
public record FlowOffer(long moveId, int lender, Octets flow, Octets state)
        implements ControlMessage {
    public static final int FIRST_FORMAT = 2;

    public FlowOffer {
        if (lender < 0 || lender > 0xFFFF) {
            throw new IllegalArgumentException("lender " + lender + " is outside 0..65535");
        }
    }

    @Override
    public int firstFormat() {
        return FIRST_FORMAT;
    }
}
