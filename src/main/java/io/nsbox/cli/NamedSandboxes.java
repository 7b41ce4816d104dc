package io.nsbox.cli;

import io.nsbox.launch.ExecutableFile;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import java.io.IOException;
import java.util.List;

/** What the commands about sandboxes with a name share: to find them, and to tell what went wrong with which. */
record NamedSandboxes(StateFolder folder, Console console) {
    private static final long POLL_MILLIS = 20;

    /** What a command does with one of the sandboxes that it was given. */
    @FunctionalInterface
    interface Action {
        int on(Sandbox sandbox) throws IOException;
    }

    /** Does it with each; what fails with one does not keep it from the others. The worst status counts. */
    int each(List<String> names, Action action) {
        int worst = ExitStatus.OK;
        for (String name : names) {
            worst = Math.max(worst, one(name, action));
        }
        return worst;
    }

    /** Does it with one, and tells what went wrong. */
    int one(String name, Action action) {
        try {
            return action.on(find(name));
        } catch (StateException e) {
            console.err().println("nsbox: error: " + e.getMessage());
        } catch (IOException e) {
            console.err().println("nsbox: error: " + name + ": " + ExecutableFile.reason(e));
        }
        return ExitStatus.PROBLEMS;
    }

    /** The sandbox of this name, as it is now. */
    Sandbox find(String name) throws IOException {
        Sandboxes sandboxes = folder.sandboxes();
        return sandboxes.find(name).orElseThrow(() -> new StateException(unknown(name)));
    }

    private String unknown(String name) {
        try {
            List<String> names =
                    folder.sandboxes().list().stream().map(Sandbox::name).toList();
            String near = Nearest.to(name, names)
                    .map(other -> "; did you mean '" + other + "'?")
                    .orElse(names.isEmpty() ? "; there are none" : "; `nsbox ps -a` lists them");
            return "no sandbox is called '" + name + "'" + near;
        } catch (IOException e) {
            return "no sandbox is called '" + name + "'";
        }
    }

    /** Waits until it has ended, and returns how it was then. */
    Sandbox awaitEnd(String name, long millis) throws IOException {
        long waited = 0;
        while (true) {
            Sandbox sandbox = find(name);
            if (!sandbox.isAlive() || waited > millis) {
                return sandbox;
            }
            pause();
            waited += POLL_MILLIS;
        }
    }

    /** Lets some time go by between two looks. */
    static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StateException("interrupted");
        }
    }
}
