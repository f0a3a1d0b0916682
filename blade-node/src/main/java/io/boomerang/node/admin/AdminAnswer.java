package io.boomerang.node.admin;

/// What a request is answered with.
///
/// @param type of the body's content
/// @param body all of it
/// @param afterwards is run when the answer has gone out
record AdminAnswer(String type, String body, Runnable afterwards) {
    AdminAnswer(final String type, final String body) {
        this(type, body, () -> {});
    }

    static AdminAnswer json(final JsonText text) {
        return new AdminAnswer("application/json", text + "\n");
    }

    AdminAnswer andThen(final Runnable then) {
        return new AdminAnswer(type, body, then);
    }
}
