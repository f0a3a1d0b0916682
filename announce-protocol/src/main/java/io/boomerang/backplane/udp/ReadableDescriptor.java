package io.boomerang.backplane.udp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;

/// A descriptor of somebody else that ends an event loop's wait when it is readable. That it does
/// is all: whoever polls looks there afterwards.
final class ReadableDescriptor implements EpollIoHandle {
    private final FileDescriptor descriptor;

    ReadableDescriptor(final int descriptor) {
        this.descriptor = new FileDescriptor(descriptor);
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(final IoRegistration registration, final IoEvent event) {}

    /// Its owner closes it.
    @Override
    public void close() {}
}
