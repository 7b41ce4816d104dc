package io.nsbox.cli;

import io.nsbox.launch.ExecutableFile;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the commands about sandboxes with a name share: to find them, and to tell what went wrong with which. */
record NamedSandboxes(StateFolder folder, Console console) {
    /** The time between two looks. */
    static final int POLL_MILLIS = 20;

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

    /**
     * Does one thing with all, and then another with each with which the first went well: what takes its time in a sandbox goes
     * on in all of them at once. The worst status counts.
     *
     * @param then gets each sandbox as it was before
     */
    int eachTwice(List<String> names, Action first, Action then) {
        List<Sandbox> begun = new ArrayList<>();
        int worst = each(names.stream().distinct().toList(), sandbox -> {
            int status = first.on(sandbox);
            begun.add(sandbox);
            return status;
        });
        for (Sandbox sandbox : begun) {
            worst = Math.max(worst, guarded(sandbox.name(), () -> then.on(sandbox)));
        }
        return worst;
    }

    /** Does it with one, and tells what went wrong. */
    int one(String name, Action action) {
        return guarded(name, () -> action.on(find(name)));
    }

    /** What may fail about a sandbox. */
    @FunctionalInterface
    private interface Work {
        int run() throws IOException;
    }

    private int guarded(String name, Work work) {
        try {
            return work.run();
        } catch (StateException e) {
            console.err().println("nsbox: error: " + e.getMessage());
        } catch (IOException e) {
            console.err().println("nsbox: error: " + name + ": " + ExecutableFile.reason(e));
        }
        return ExitStatus.PROBLEMS;
    }

    /** All of them, as they are now. */
    List<Sandbox> list() {
        try {
            return folder.sandboxes().list();
        } catch (IOException e) {
            throw new StateException("cannot list sandboxes: " + ExecutableFile.reason(e));
        }
    }

    /** Does it with each of these names; without any with all that run, where one that ends meanwhile is left out. */
    int eachOrRunning(List<String> names, Action action) {
        if (!names.isEmpty()) {
            return each(names, action);
        }
        int worst = ExitStatus.OK;
        for (Sandbox sandbox : list()) {
            if (sandbox.pid().isPresent()) {
                worst = Math.max(worst, guarded(sandbox.name(), () -> unlessEnded(sandbox, action)));
            }
        }
        return worst;
    }

    private static int unlessEnded(Sandbox sandbox, Action action) throws IOException {
        try {
            return action.on(sandbox);
        } catch (StateException e) {
            if (Sandboxes.isStillAlive(sandbox)) {
                throw e;
            }
            return ExitStatus.OK;
        }
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

    /** Waits until a sandbox has ended; another one that takes its name then is none of it. */
    static void awaitEnd(Sandbox sandbox) throws IOException {
        while (Sandboxes.isStillAlive(sandbox)) {
            pause();
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
