package io.boomerang.blade.processor;

/// Lets everything pass; for chassis whose stateful work is done elsewhere, and to see the steering
/// alone.
public final class PassThrough implements PacketProcessor {
    @Override
    public boolean canMoveFlows() {
        return true;
    }

    @Override
    public ProcessorVerdict process(final PacketContext context) {
        return ProcessorVerdict.PASS;
    }
}
