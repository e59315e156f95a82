// Made of origin-api/openapi.json by widget/build.ts; do not edit.
export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The keys that sign credentials.
         * @description The public halves as a JWK set (RFC 7517), also of keys that sign no more. A key is here before it signs.
         */
        get: operations["get_key_set"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openai-apps-challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whose this address is, for OpenAI.
         * @description The token that OpenAI gave to the operator, who has configured it; 404 while none is configured.
         */
        get: operations["get_apps_challenge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the apps.
         * @description Every app that you have allowed and that still may, the newest first. An app that asked twice is there twice.
         */
        get: operations["list_apps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End an app.
         * @description At once, with all of its tokens: its next request is refused.
         */
        delete: operations["end_app"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/confirm-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an address by a link.
         * @description Confirms the address that the link was sent to. Where that is a new one, the account moves there now.
         */
        post: operations["confirm_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a link that sets a new password.
         * @description Sends a link to the address, if it has an account; the answer is the same if not. The link works once, for an hour.
         *     Three an hour are sent to an address.
         */
        post: operations["forgot_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in.
         * @description Gives an access token for `Authorization: Bearer`, which lasts an hour, and a refresh token; or, for a page of the
         *     same origin, a session cookie. No token is stored: with the same `Idempotency-Key` the password is checked again, and
         *     a session of its own begins.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out.
         * @description Ends the session of the credential that is sent, with all of its tokens, at once.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the account.
         * @description Whose credential it is. Needs the scope `account`, which API keys never have.
         */
        get: operations["get_me"];
        put?: never;
        post?: never;
        /**
         * Delete the account.
         * @description At once, with every task, project and preference of it, and for good: there is no way back. The address can be
         *     registered again.
         */
        delete: operations["delete_me"];
        options?: never;
        head?: never;
        /**
         * Change the account.
         * @description A new password ends every other session, API key and app; this session goes on with the `tokens` of the answer, or
         *     the new cookie. A new address takes the place of the old one when the link that is sent to it is followed; of
         *     several that were asked for, only the last one's link works.
         */
        patch: operations["update_me"];
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Carry a session on.
         * @description With a refresh token: gives a new access token and the next refresh token; the old one is used up. If the answer
         *     is lost, repeat the request: until you use the new tokens you get the same refresh token again. After that, the old
         *     one ends the whole session, since somebody else may have it. Without a body: renews the dashboard's cookie.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register an account.
         * @description Makes an account for an e-mail address. Log in with it next.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by a link.
         * @description Ends every session, API key and app of the account; sign in again with the new password.
         */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/revoke-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out everywhere.
         * @description Ends every session, API key and app of the account, this one too.
         */
        post: operations["revoke_all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calendar-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask whether the calendar feed is open.
         * @description Whether there is a token for it, since when, and when a calendar last read it. The token itself is never shown again.
         */
        get: operations["get_calendar_token"];
        put?: never;
        /**
         * Open the calendar feed, or give it a new address.
         * @description The answer has the `url` to subscribe to, for a year and this once; whoever has it can read the titles and dates of
         *     the open tasks, and nothing else. An address that was given before holds no longer from the next request on.
         */
        post: operations["create_calendar_token"];
        /**
         * Close the calendar feed.
         * @description Its address is refused from the next request on.
         */
        delete: operations["delete_calendar_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calendar.ics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the calendar feed.
         * @description Every open task that is due, and the dates on which it will come again, as iCalendar (RFC 5545), for calendars that
         *     subscribe to an address. Its `token` is that of `POST /api/calendar-token`.
         */
        get: operations["get_calendar_feed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export everything.
         * @description Preferences, projects and every task that is not deleted, completed ones too, as one document, which
         *     `POST /api/import` reads. It is sent while it is read, so an answer that breaks off is no JSON. What a server keeps
         *     for itself (version, time of the last change), the history and the trash are not in it.
         */
        get: operations["export_everything"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done to tasks.
         * @description Every change of tasks in the last 30 days, the last one first: when, through what, which tasks, and what of them
         *     changed. Each can be undone.
         */
        get: operations["list_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import tasks.
         * @description From an export of MindFlow, a project that Todoist has exported as a template, or Taskwarrior's `task export`; up to
         *     10 MiB and 10,000 tasks, all of it or nothing. What comes twice is known again: a task that is here already is
         *     skipped where it is the same, and updated where it is not. Ask with `dry_run` first: the report is the same.
         */
        post: operations["import_tasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the API keys.
         * @description Those that hold, newest first, without their texts.
         */
        get: operations["list_api_keys"];
        put?: never;
        /**
         * Make an API key.
         * @description For a program of your own: a credential for `Authorization: Bearer` that holds up to a year. Its `secret` is shown
         *     this once and stored nowhere; with the same `Idempotency-Key` the answer is given again, secret and all.
         */
        post: operations["create_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key.
         * @description From the next request on it is refused.
         */
        delete: operations["delete_api_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * News, as they happen.
         * @description A WebSocket. Each change of the user's data, made by whomever, is one message: `{"type":"changed","version":7}`; read
         *     again what you show. The credential goes into `Authorization`, the session's cookie, or, for a browser's script, the
         *     second value of `Sec-WebSocket-Protocol` after a name of your choice. `ping` is answered with `pong`. Closed with 1008
         *     when the credential holds no more.
         */
        get: operations["open_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits.
         * @description Changes that were accepted with 202 while MindFlow's server was away, in the order in which they will be applied, and
         *     those of the last week that could not be. While some wait, reads say how many: `Mindflow-Pending`.
         */
        get: operations["list_pending"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the preferences.
         * @description When you work, in which language your texts are searched, and what counts in the ranking.
         */
        get: operations["get_preferences"];
        /**
         * Replace the preferences.
         * @description Sets every preference: one that is left out gets its default, but for the time zone, which stays.
         */
        put: operations["replace_preferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preferences/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try other weights.
         * @description The order that other weights would give, beside the scores of today. Changes nothing, so a key that comes along
         *     is not kept.
         */
        post: operations["preview_weights"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the projects.
         * @description All of them by name, each with how many tasks it has.
         */
        get: operations["list_projects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a project.
         * @description How many tasks it has.
         */
        get: operations["get_project"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename or archive a project.
         * @description A new name is the name of all its tasks, too. A project that is archived is put away; its tasks stay as they are.
         */
        patch: operations["update_project"];
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sessions.
         * @description Every login that holds, the newest first. API keys and apps have lists of their own.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session.
         * @description At once, with all of its tokens. It may be the one that asks.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the statistics.
         * @description What was completed on each of the last 30 days in your zone, and for how many days in a row; what is open and
         *     overdue; the projects; and how long tasks took against what was estimated.
         */
        get: operations["get_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tasks.
         * @description Every task but the deleted ones, newest first unless asked otherwise, page by page.
         */
        get: operations["list_tasks"];
        put?: never;
        /**
         * Create a task.
         * @description Only the title is needed. Give a date or an estimate when the user names one: what to do next is answered
         *     better by it.
         */
        post: operations["create_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make several changes at once.
         * @description Up to 50 items, each of which does what a route of its own does; all of them are applied, or none. Give a new task
         *     an `id` to name it in `parent_id` or `depends_on` of others. When items are refused, `errors` names each by its
         *     place. With `dry_run` the answer is what would be, and nothing changes.
         */
        post: operations["change_tasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/best": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say what to do next.
         * @description The best task of all that can be done now, with its score, the parts that add up to exactly that score, and the
         *     reason for each; then the runners-up, each with what would put it first. Ask with `available_minutes` when you know
         *     how much time there is. With nothing to do, `task` is null and `explanation` says why.
         */
        get: operations["get_best_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the tasks.
         * @description The tasks that have all of the words in their title, tags, project or description, completed ones too. Case and
         *     accents do not matter, each word may be the beginning of one, and other forms of it are found in the language of the
         *     preferences. Best first: where the words are found counts (title, then tags and project, then description), then
         *     whether the task is open, then how new it is. Of very many tasks the newest come first.
         */
        get: operations["search_tasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a task.
         * @description One task by its id.
         */
        get: operations["get_task"];
        /**
         * Replace a task.
         * @description Sets every field: one that is left out gets its default.
         */
        put: operations["replace_task"];
        post?: never;
        /**
         * Delete a task.
         * @description A parent takes its subtasks with it.
         */
        delete: operations["delete_task"];
        options?: never;
        head?: never;
        /**
         * Change a task.
         * @description Changes the fields that the body names and leaves the others; null clears one.
         */
        patch: operations["update_task"];
        trace?: never;
    };
    "/api/tasks/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a task.
         * @description A recurring task comes back as `next_occurrence`. Completing what is completed changes nothing.
         */
        post: operations["complete_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/not-now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a task off.
         * @description Says "not now" to a task that was named as the next one: it loses points, which come back by themselves within
         *     days. Snooze it instead to hide it.
         */
        post: operations["put_off_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/occurrences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Preview a recurring task's next dates.
         * @description The dates that follow its own, the first one as completing the task now would give. There are fewer than asked for
         *     when the series ends, and none when the task does not recur or is completed. From completion, each is as if the one
         *     before were completed on its date.
         */
        get: operations["list_occurrences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reopen a task.
         * @description Makes a task pending again. Reopening what is pending changes nothing.
         */
        post: operations["reopen_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Snooze a task.
         * @description Hides it until a date, or for some hours; for three when nothing is said. Give `until` or `hours`, not both.
         */
        post: operations["snooze_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a task.
         * @description Sets the stored status to `in_progress`, also of a task that is snoozed, blocked or not to be started yet. Starting
         *     what is started changes nothing.
         */
        post: operations["start_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo a change of tasks.
         * @description Takes back the last change that was not undone yet, or the one that is named: every task of it is as it was before,
         *     and what it made goes to the trash. Doing it again goes one change further back. To take an undo back, undo that
         *     change by its id.
         */
        post: operations["undo_change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The description of this API, for people.
         * @description The same as a page: every operation with its parameters, fields, answers and an example.
         */
        get: operations["get_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say whether the service is well.
         * @description Needs no credential. At most one probe a second reaches what is behind the edge.
         */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi-gpt.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The description for a GPT's Actions.
         * @description The operations that an assistant needs, as OpenAPI 3.1 in the narrower form that ChatGPT imports.
         */
        get: operations["get_actions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The description of this API.
         * @description The OpenAPI 3.1 document that you are reading, for tools that make clients of it. It changes with a release.
         */
        get: operations["get_openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is kept about you, and why.
         * @description The privacy policy of this installation, as a page: what is kept, where, for how long, and how to take or delete it.
         */
        get: operations["get_privacy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The terms of use.
         * @description What this installation does, what it expects of you, and what it does not promise, as a page.
         */
        get: operations["get_terms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A runner-up. */
        Alternative: {
            /** @description The task. */
            task: components["schemas"]["Task"];
            /**
             * Format: double
             * @description Its score.
             */
            score: number;
            /** @description How far behind it is, and on what. */
            explanation: string;
            /** @description What its score is made of. */
            parts: components["schemas"]["Part"][];
            /** @description The smallest change that would put it first. */
            would_win_if: string | null;
        };
        /** @description An API key as answered. */
        ApiKey: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /** @description What its user calls it. */
            name: string;
            /** @description What it may do. */
            scopes: string[];
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /**
             * Format: date
             * @description The last day (UTC) on which it was used.
             */
            last_used_on: string | null;
            /** @description The key itself, `mfk_…`, for `Authorization: Bearer`. Only in the answer that makes it. */
            secret?: string;
        };
        /** @description An app that its user has allowed, and may end. */
        App: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /** @description What the app calls itself. */
            client_name: string;
            /** @description What it may do. */
            scopes: string[];
            /**
             * Format: date-time
             * @description When it was allowed.
             */
            allowed_at: string;
            /**
             * Format: date
             * @description The last day (UTC) on which it was used.
             */
            last_used_on: string | null;
        };
        /**
         * @description Up to 50 changes, all of which are applied, or none.
         * @example {
         *       "items": [
         *         {
         *           "id": "0198c5a0-0000-7000-8000-0000000000aa",
         *           "op": "create",
         *           "title": "Move house"
         *         },
         *         {
         *           "op": "create",
         *           "parent_id": "0198c5a0-0000-7000-8000-0000000000aa",
         *           "title": "Find boxes"
         *         },
         *         {
         *           "id": "0198c5a0-0000-7000-8000-0000000000bb",
         *           "op": "update",
         *           "priority": 5
         *         },
         *         {
         *           "id": "0198c5a0-0000-7000-8000-0000000000cc",
         *           "op": "complete"
         *         },
         *         {
         *           "hours": 3,
         *           "id": "0198c5a0-0000-7000-8000-0000000000dd",
         *           "op": "snooze"
         *         },
         *         {
         *           "id": "0198c5a0-0000-7000-8000-0000000000ee",
         *           "op": "delete"
         *         }
         *       ]
         *     }
         */
        Batch: {
            /** @description Applied in this order, but for an item that names a task which a later one makes: it waits for that. */
            items: (components["schemas"]["BatchCreate"] | components["schemas"]["BatchUpdate"] | components["schemas"]["BatchComplete"] | components["schemas"]["BatchSnooze"] | components["schemas"]["BatchDelete"])[];
            /**
             * @description Whether to answer what would be, and change nothing.
             * @default false
             */
            dry_run: boolean | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description The answer to a batch. */
        BatchAnswer: {
            /** @description One for each item, in their order. */
            results: components["schemas"]["BatchResult"][];
            /**
             * Format: uuid
             * @description What undoes it; null when nothing was changed.
             */
            change_id: string | null;
        };
        /** @description Completes a task, as `POST /api/tasks/{id}/complete`. */
        BatchComplete: {
            /**
             * @description What is done.
             * @enum {string}
             */
            op: "complete";
            /**
             * Format: uuid
             * @description Which task; also one that another item makes.
             */
            id: string;
            /** @description The version that you read: if the task has another when the item's turn comes, the batch is refused with 412. */
            version?: number | null;
            /**
             * @description Whether its open subtasks are completed with it; else they make it a 409.
             * @default false
             */
            cascade: boolean | null;
        };
        /** @description Makes a task, with the fields of `POST /api/tasks`. Give an `id` to let other items name it. */
        BatchCreate: {
            /**
             * @description What is done.
             * @enum {string}
             */
            op: "create";
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title: string;
            /** @description Notes, up to 10,000 characters. */
            description?: string | null;
            /**
             * @description Where the task stands. The statuses snoozed and blocked are derived: set snoozed_until or depends_on instead.
             * @default pending
             * @enum {string|null}
             */
            status: "pending" | "in_progress" | "completed" | null;
            /**
             * @description From 1 (nice to have) to 5 (urgent).
             * @default 3
             */
            priority: number | null;
            /** @description When you plan to have it done: a soft date. */
            due_date?: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline?: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date?: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until?: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes?: number | null;
            /**
             * @description Up to 20 tags of 1 to 50 characters, as an array or as one string with commas; trimmed, and without repeats.
             * @default []
             */
            tags: string[] | string | null;
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project?: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time?: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence?: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @default schedule
             * @enum {string|null}
             */
            recurrence_from: "schedule" | "completion" | null;
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id?: string | null;
            /**
             * @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up.
             * @default []
             */
            depends_on: string[] | null;
            /** @description Your own UUIDv7 for the task, when you make ids yourself; leave it out to have one made. */
            id?: string | null;
        };
        /** @description Deletes a task and its subtasks, as `DELETE /api/tasks/{id}`. */
        BatchDelete: {
            /**
             * @description What is done.
             * @enum {string}
             */
            op: "delete";
            /**
             * Format: uuid
             * @description Which task; also one that another item makes.
             */
            id: string;
            /** @description The version that you read: if the task has another when the item's turn comes, the batch is refused with 412. */
            version?: number | null;
        };
        /**
         * @description What the item did.
         * @enum {string}
         */
        BatchOp: "create" | "update" | "complete" | "snooze" | "delete";
        /** @description What became of one item. */
        BatchResult: {
            /** @description What it did. */
            op: components["schemas"]["BatchOp"];
            /** @description The task after the whole batch; a deleted one as it was last. */
            task: components["schemas"]["BatchTask"];
        };
        /** @description Hides a task for a while, as `POST /api/tasks/{id}/snooze`. */
        BatchSnooze: {
            /**
             * @description What is done.
             * @enum {string}
             */
            op: "snooze";
            /**
             * Format: uuid
             * @description Which task; also one that another item makes.
             */
            id: string;
            /** @description The version that you read: if the task has another when the item's turn comes, the batch is refused with 412. */
            version?: number | null;
            /** @description When it comes back; must lie ahead. */
            until?: components["schemas"]["When"] | null;
            /** @description For how many hours from now; three when neither is given. */
            hours?: number | null;
        };
        /** @description The task after the whole batch; a deleted one as it was last, a completed one with `next_occurrence`. */
        BatchTask: components["schemas"]["CompletedTask"] | components["schemas"]["Task"];
        /** @description Changes fields, as `PATCH /api/tasks/{id}`. */
        BatchUpdate: {
            /**
             * @description What is done.
             * @enum {string}
             */
            op: "update";
            /**
             * Format: uuid
             * @description Which task; also one that another item makes.
             */
            id: string;
            /** @description The version that you read: if the task has another when the item's turn comes, the batch is refused with 412. */
            version?: number | null;
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title?: string;
            /** @description Notes, up to 10,000 characters. */
            description?: string | null;
            /**
             * @description Where the task stands. The statuses snoozed and blocked are derived: set snoozed_until or depends_on instead.
             * @enum {string}
             */
            status?: "pending" | "in_progress" | "completed";
            /** @description From 1 (nice to have) to 5 (urgent). */
            priority?: number;
            /** @description When you plan to have it done: a soft date. */
            due_date?: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline?: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date?: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until?: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes?: number | null;
            /** @description Up to 20 tags of 1 to 50 characters, as an array or as one string with commas; trimmed, and without repeats. */
            tags?: string[] | string | null;
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project?: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time?: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence?: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @enum {string|null}
             */
            recurrence_from?: "schedule" | "completion" | null;
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id?: string | null;
            /** @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up. */
            depends_on?: string[] | null;
        };
        /** @description The answer. */
        Best: {
            task: components["schemas"]["Task"] | null;
            /**
             * Format: double
             * @description Its score.
             */
            score: number | null;
            /** @description Why it is the best, or why there is none. */
            explanation: string;
            /** @description What its score is made of. */
            parts: components["schemas"]["Part"][];
            /** @description The runners-up, best first. */
            alternatives: components["schemas"]["Alternative"][];
            /** @description What is hidden. */
            hidden: components["schemas"]["Hidden"];
            /** @description How many tasks there are. */
            counts: components["schemas"]["Counts"];
            /** @description What had to be assumed, in sentences. */
            assumptions: string[];
            /**
             * Format: date-time
             * @description The earliest instant at which, without a write, the gate that hides a task opens.
             */
            next_change_at: string | null;
            /**
             * Format: int32
             * @description The version of the formula.
             */
            ranking_version: number;
        };
        /** @description Whether a feed is open, and since when. */
        CalendarToken: {
            /** @description Whether there is a token that holds. */
            exists: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string | null;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string | null;
            /**
             * Format: date
             * @description The last day (UTC) on which a calendar read the feed.
             */
            last_used_on: string | null;
            /** @description The address of the feed, with the token in it. Only in the answer that makes it. */
            url?: string;
        };
        /** @description What was done to tasks in one go. */
        Change: {
            /**
             * Format: uuid
             * @description What `POST /api/undo` takes as `change_id`.
             */
            id: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Through what: `session` (a login), `key NAME` or `app NAME`. */
            by: string;
            /** @description What it was: create, update, replace, start, complete, reopen, snooze, not_now, delete, rename_project, batch, import, undo or redo. */
            action: string;
            /** @description Every task that it changed. */
            task_ids: string[];
            /** @description By task id, what the change changed as it was; a deleted task whole. Null when it only made tasks. Of the first 50 tasks. */
            before: {
                [key: string]: {
                    [key: string]: unknown;
                };
            } | null;
            /** @description By task id, what the change changed as it then was; a new task whole. Null when it only deleted tasks. Of the first 50 tasks. */
            after: {
                [key: string]: {
                    [key: string]: unknown;
                };
            } | null;
            /**
             * Format: uuid
             * @description The change that this one undid.
             */
            undoes: string | null;
        };
        /** @description One page of the history, the last change first. */
        ChangePage: {
            /** @description The rows of this page. */
            items: components["schemas"]["Change"][];
            /** @description Brings the next page, sent back as the parameter cursor; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description What to change of the account; what is left out stays.
         * @example {
         *       "full_name": "Ada Lovelace"
         *     }
         */
        ChangeUser: {
            /** @description How you are called. */
            full_name?: string | null;
            /**
             * @description 8 to 128 characters, and not a common password.
             * @example a long pass phrase
             */
            password?: string;
            /**
             * @description The new address. It takes the place of the old one when the link that is sent to it is followed.
             * @example you@example.com
             */
            email?: string;
            /** @description The password so far; needed to change the password or the address. */
            current_password?: string | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description The answer to a change of one's own account. */
        ChangedUser: components["schemas"]["User"] & {
            tokens?: components["schemas"]["Tokens"] | null;
        };
        /**
         * @description Nothing is needed: the body may be left out.
         * @example {}
         * @example {
         *       "cascade": true
         *     }
         */
        Complete: {
            /**
             * @description Whether its open subtasks are completed with it; else they make it a 409.
             * @default false
             */
            cascade: boolean | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description What was completed on a day. */
        CompletedOnDay: {
            /**
             * Format: date
             * @description The day in the user's zone.
             */
            day: string;
            /**
             * Format: int64
             * @description How many tasks.
             */
            count: number;
        };
        /** @description A task that was completed, and what comes after it. */
        CompletedTask: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title: string;
            /** @description Notes, up to 10,000 characters. */
            description: string | null;
            /**
             * @description Where the task stands; snoozed until snoozed_until, blocked while a task in depends_on is open.
             * @enum {string}
             */
            status: "pending" | "in_progress" | "completed" | "snoozed" | "blocked";
            /** @description From 1 (nice to have) to 5 (urgent). */
            priority: number;
            /** @description When you plan to have it done: a soft date. */
            due_date: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes: number | null;
            /** @description Up to 20 tags of 1 to 50 characters, without repeats. */
            tags: string[];
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @enum {string}
             */
            recurrence_from: "schedule" | "completion";
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id: string | null;
            /** @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up. */
            depends_on: string[];
            /** @description Whether it is open and past its deadline, or else its due date. */
            overdue: boolean;
            /**
             * Format: date-time
             * @description When it was completed.
             */
            completed_at: string | null;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description Rises by one with every change of this task; the part of its ETag that If-Match compares. */
            version: number;
            /** @description The task that comes after it, when it recurs. */
            next_occurrence: components["schemas"]["Task"] | null;
        };
        /**
         * @description A link's token.
         * @example {
         *       "token": "mfl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         *     }
         */
        ConfirmEmail: {
            /**
             * @description What stands behind `#token=` in the link that was sent.
             * @example mfl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
            token: string;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description How many tasks there are. */
        Counts: {
            /**
             * Format: int32
             * @description Ranked and hidden together.
             */
            open: number;
            /**
             * Format: int32
             * @description Those whose deadline, or else due date, is past.
             */
            overdue: number;
        };
        /** @description The edge's own state. */
        EdgeHealth: {
            /** @description `ok`, since it answers. */
            status: string;
        };
        /** @description Everything that a user has. */
        Export: {
            /**
             * @description What this is.
             * @enum {string}
             */
            format: "mindflow";
            /** @description Which form of it. */
            format_version: number;
            /** @description Whose it is; null for a credential that may not manage the account. */
            account: components["schemas"]["MovedAccount"] | null;
            /** @description When the user works, and what counts. */
            preferences: components["schemas"]["MovedPreferences"];
            /** @description Every project, by name. */
            projects: components["schemas"]["MovedProject"][];
            /** @description Every task that is not deleted, by id. */
            tasks: components["schemas"]["MovedTask"][];
        };
        /**
         * @description One term of a score.
         * @enum {string}
         */
        Factor: "urgency" | "importance" | "fit" | "unblocks" | "started" | "time_of_day" | "small" | "age" | "not_now";
        /** @description What is wrong with one field, and how to mend it. */
        FieldError: {
            /** @description The path of the field: `title`, `items[3].priority`; empty for the body as a whole. */
            field: string;
            /** @description What is expected, as the end of the sentence "FIELD …". */
            message: string;
        };
        /**
         * @description Whose password was forgotten.
         * @example {
         *       "email": "you@example.com"
         *     }
         */
        ForgotPassword: {
            /**
             * @description The address of the account.
             * @example you@example.com
             */
            email: string;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description The detail behind the edge's `/health`. */
        Health: {
            /** @description `ok`, or what is wrong. */
            status: string;
            /** @description `ok`, `down`, or `unknown` when the origin does not say. */
            database: string;
            /**
             * Format: int32
             * @description The number of the newest migration; null when it is not known.
             */
            migration: number | null;
        };
        /** @description The hidden tasks, each counted under one reason. */
        Hidden: {
            /**
             * Format: int32
             * @description Not to be seen before some instant.
             */
            snoozed: number;
            /**
             * Format: int32
             * @description With a start date ahead.
             */
            not_started_yet: number;
            /**
             * Format: int32
             * @description Held up by an open task.
             */
            blocked: number;
            /**
             * Format: int32
             * @description With subtasks to be done first.
             */
            has_open_subtasks: number;
            next_to_wake: components["schemas"]["NextToWake"] | null;
        };
        /** @description What an import did, or would do. */
        ImportReport: {
            /** @description Whether nothing was changed because that was asked for. */
            dry_run: boolean;
            /**
             * Format: int32
             * @description New tasks.
             */
            created: number;
            /**
             * Format: int32
             * @description Tasks that were there and have changed.
             */
            updated: number;
            /**
             * Format: int32
             * @description Tasks that were not imported.
             */
            skipped: number;
            /** @description One for each line that was looked at. */
            lines: components["schemas"]["ReportLine"][];
            /**
             * Format: uuid
             * @description The change that undoes all of it; null when no task has changed.
             */
            change_id: string | null;
        };
        /**
         * @description What became of a line.
         * @enum {string}
         */
        LineOutcome: "created" | "updated" | "skipped" | "merged" | "noted";
        /**
         * @description An address and its password.
         * @example {
         *       "email": "you@example.com",
         *       "password": "a long pass phrase"
         *     }
         */
        Login: {
            /**
             * @description The address of the account.
             * @example you@example.com
             */
            email: string;
            /** @description The password of the account. */
            password: string;
            /**
             * @description What to answer with: tokens, or a cookie for a page of the same origin.
             * @default token
             * @enum {string|null}
             */
            session: "token" | "cookie" | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description Whose document it is; an import does not look at it. */
        MovedAccount: {
            /** @description The address. */
            email: string;
            /** @description The name. */
            full_name: string | null;
            /**
             * Format: date-time
             * @description When the account was made.
             */
            created_at: string;
        };
        /**
         * @description Preferences in the document: as they are answered, but for working hours that were never chosen, which are left
         *     out, so that they are not chosen by an import either.
         */
        MovedPreferences: {
            /** @description An IANA name. */
            time_zone: string;
            /** @description When a working day begins, if that was ever chosen. */
            work_start?: string;
            /** @description When it ends, if that was ever chosen. */
            work_end?: string;
            /** @description The days that are worked on, 1 (Monday) to 7, if that was ever chosen. */
            work_days?: number[];
            /** @description The language in which texts are searched. */
            search_language: string;
            /** @description What each factor of the ranking counts for. */
            weights: components["schemas"]["Weights"];
        };
        /** @description A project in the document. */
        MovedProject: {
            /** @description Its name. */
            name: string;
            /** @description Whether it is archived. */
            archived: boolean;
        };
        /** @description A task as it is stored. */
        MovedTask: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title: string;
            /** @description Notes, up to 10,000 characters. */
            description: string | null;
            /**
             * @description Where the task stands. The statuses snoozed and blocked are derived: set snoozed_until or depends_on instead.
             * @enum {string}
             */
            status: "pending" | "in_progress" | "completed";
            /** @description From 1 (nice to have) to 5 (urgent). */
            priority: number;
            /** @description When you plan to have it done: a soft date. */
            due_date: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes: number | null;
            /** @description Up to 20 tags of 1 to 50 characters, without repeats. */
            tags: string[];
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @enum {string}
             */
            recurrence_from: "schedule" | "completion";
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id: string | null;
            /** @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up. */
            depends_on: string[];
            /** @description The date that the recurrence is counted from, which stays when the task's dates are moved. */
            recurrence_start: components["schemas"]["When"] | null;
            /**
             * Format: uuid
             * @description The task that completing this one made.
             */
            next_occurrence_id: string | null;
            /**
             * Format: date-time
             * @description When it was last put off.
             */
            not_now_at: string | null;
            /**
             * Format: date-time
             * @description When it was completed.
             */
            completed_at: string | null;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
        };
        /**
         * @description A new API key.
         * @example {
         *       "name": "Backup on the NAS",
         *       "scopes": [
         *         "tasks:read"
         *       ]
         *     }
         */
        NewApiKey: {
            /**
             * @description What you call it, to know it again in the list.
             * @example Backup on the NAS
             */
            name: string;
            /** @description What it may do. No key manages the account. */
            scopes: ("tasks:read" | "tasks:write")[];
            /**
             * Format: date-time
             * @description When it ends: RFC 3339 with an offset, at most a year ahead; a year from now unless given.
             */
            expires_at?: string | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /**
         * @description What to import: format, and document or csv.
         * @example {
         *       "csv": "TYPE,CONTENT,PRIORITY,INDENT\ntask,Water the plants,4,1\n",
         *       "format": "todoist-csv",
         *       "project": "Garden"
         *     }
         * @example {
         *       "document": [
         *         {
         *           "description": "Water the plants",
         *           "entry": "20261127T022348Z",
         *           "status": "pending",
         *           "uuid": "635de3e5-d5af-4140-9068-9e9080f7fbea"
         *         }
         *       ],
         *       "dry_run": true,
         *       "format": "taskwarrior"
         *     }
         */
        NewImport: {
            /**
             * @description What is brought.
             * @enum {string}
             */
            format: "mindflow" | "todoist-csv" | "taskwarrior";
            /** @description For mindflow the object that GET /api/export gives, for taskwarrior the array that `task export` writes. */
            document?: Record<string, never> | Record<string, never>[];
            /** @description For todoist-csv: the text of the file that Todoist exports a project to, as a template. */
            csv?: string;
            /** @description For todoist-csv: the project that the tasks go into, which the file does not name. */
            project?: string | null;
            /**
             * @description Whether it is only said what would be done, line by line.
             * @default false
             */
            dry_run: boolean | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /**
         * @description Every preference as it shall be: one that is left out, or null, gets its default.
         * @example {
         *       "time_zone": "Europe/Berlin",
         *       "weights": {
         *         "urgency": 1.5
         *       },
         *       "work_end": "16:30",
         *       "work_start": "08:30"
         *     }
         */
        NewPreferences: {
            /**
             * Format: iana-time-zone
             * @description An IANA time zone; stays as it is when left out.
             * @example Europe/Berlin
             */
            time_zone?: string | null;
            /**
             * @description When a working day begins, HH:MM.
             * @default 09:00
             * @example 09:00
             */
            work_start: string | null;
            /**
             * @description When a working day ends, HH:MM up to 24:00; after work_start.
             * @default 17:00
             * @example 17:00
             */
            work_end: string | null;
            /**
             * @description The days that are worked on, 1 (Monday) to 7 (Sunday); at least one.
             * @default [
             *       1,
             *       2,
             *       3,
             *       4,
             *       5
             *     ]
             */
            work_days: number[] | null;
            /**
             * @description In which language texts are searched; simple takes words as they are, in any language.
             * @default simple
             * @enum {string|null}
             */
            search_language: "simple" | "arabic" | "armenian" | "basque" | "catalan" | "danish" | "dutch" | "english" | "estonian" | "finnish" | "french" | "german" | "greek" | "hindi" | "hungarian" | "indonesian" | "irish" | "italian" | "lithuanian" | "nepali" | "norwegian" | "portuguese" | "romanian" | "russian" | "serbian" | "spanish" | "swedish" | "tamil" | "turkish" | "yiddish" | null;
            /**
             * @description What each factor of the ranking counts for, one by one or by the name of a preset.
             * @default balanced
             */
            weights: {
                /** @default 1 */
                urgency: number | null;
                /** @default 1 */
                importance: number | null;
                /** @default 1 */
                fit: number | null;
                /** @default 1 */
                unblocks: number | null;
                /** @default 1 */
                started: number | null;
                /** @default 1 */
                time_of_day: number | null;
                /** @default 1 */
                small: number | null;
                /** @default 1 */
                age: number | null;
                /** @default 1 */
                not_now: number | null;
            } | ("balanced" | "deadlines-first" | "important-first" | "quick-wins") | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /**
         * @description The weights to try.
         * @example {
         *       "weights": "quick-wins"
         *     }
         * @example {
         *       "limit": 5,
         *       "weights": {
         *         "importance": 0.5,
         *         "urgency": 2
         *       }
         *     }
         */
        NewPreview: {
            /** @description What each factor of the ranking counts for, one by one or by the name of a preset. */
            weights: {
                /** @default 1 */
                urgency: number | null;
                /** @default 1 */
                importance: number | null;
                /** @default 1 */
                fit: number | null;
                /** @default 1 */
                unblocks: number | null;
                /** @default 1 */
                started: number | null;
                /** @default 1 */
                time_of_day: number | null;
                /** @default 1 */
                small: number | null;
                /** @default 1 */
                age: number | null;
                /** @default 1 */
                not_now: number | null;
            } | ("balanced" | "deadlines-first" | "important-first" | "quick-wins");
            /**
             * @description How many tasks to give.
             * @default 20
             */
            limit: number | null;
            /** @description How many minutes are free now. */
            available_minutes?: number | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /**
         * @description A new task. Only the title is needed.
         * @example {
         *       "due_date": "2026-12-01",
         *       "effort_estimate_minutes": 10,
         *       "title": "Pay the electricity bill"
         *     }
         * @example {
         *       "priority": 4,
         *       "tags": [
         *         "work",
         *         "writing"
         *       ],
         *       "title": "Write the report"
         *     }
         */
        NewTask: {
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title: string;
            /** @description Notes, up to 10,000 characters. */
            description?: string | null;
            /**
             * @description Where the task stands. The statuses snoozed and blocked are derived: set snoozed_until or depends_on instead.
             * @default pending
             * @enum {string|null}
             */
            status: "pending" | "in_progress" | "completed" | null;
            /**
             * @description From 1 (nice to have) to 5 (urgent).
             * @default 3
             */
            priority: number | null;
            /** @description When you plan to have it done: a soft date. */
            due_date?: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline?: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date?: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until?: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes?: number | null;
            /**
             * @description Up to 20 tags of 1 to 50 characters, as an array or as one string with commas; trimmed, and without repeats.
             * @default []
             */
            tags: string[] | string | null;
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project?: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time?: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence?: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @default schedule
             * @enum {string|null}
             */
            recurrence_from: "schedule" | "completion" | null;
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id?: string | null;
            /**
             * @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up.
             * @default []
             */
            depends_on: string[] | null;
            /** @description Your own UUIDv7 for the task, when you make ids yourself; leave it out to have one made. */
            id?: string | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /**
         * @description A new account.
         * @example {
         *       "email": "you@example.com",
         *       "password": "a long pass phrase",
         *       "time_zone": "Europe/Berlin"
         *     }
         */
        NewUser: {
            /**
             * @description The address to sign in with; kept in lower case.
             * @example you@example.com
             */
            email: string;
            /**
             * @description 8 to 128 characters, and not a common password.
             * @example a long pass phrase
             */
            password: string;
            /** @description How you are called. */
            full_name?: string | null;
            /**
             * Format: iana-time-zone
             * @description An IANA time zone, by which dates without an offset are read; UTC unless given.
             * @example Europe/Berlin
             */
            time_zone?: string | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description A hidden task, and when it can be done. */
        NextToWake: {
            /**
             * Format: uuid
             * @description The task.
             */
            id: string;
            /** @description Its title. */
            title: string;
            /**
             * Format: date-time
             * @description When it wakes.
             */
            at: string;
        };
        /**
         * @description Nothing is needed: the body may be left out.
         * @example {}
         */
        NoFields: {
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description The dates, in the form of the task's own. */
        Occurrences: {
            items: components["schemas"]["When"][];
        };
        /** @description One part of a score. */
        Part: {
            /** @description Which. */
            factor: components["schemas"]["Factor"];
            /**
             * Format: double
             * @description What it gives.
             */
            points: number;
            /**
             * Format: double
             * @description The most that it could give; none without a limit.
             */
            max: number | null;
            /** @description Why, with the real figures. */
            because: string;
        };
        /** @description A change that was accepted while the origin was away. */
        Pending: {
            /** @description Its own id, for as long as it is shown. */
            id: string;
            /** @description The method that was asked for. */
            method: string;
            /** @description The path that was asked for. */
            path: string;
            /**
             * Format: date-time
             * @description When it was accepted, which is when it counts as made.
             */
            accepted_at: string;
            /** @description How it stands. */
            state: components["schemas"]["PendingState"];
            /** @description Why it was refused. */
            because: string | null;
        };
        /** @description All of a user's, in the order in which they were accepted. */
        PendingList: {
            /** @description Those that wait, and those that were refused within the last week. */
            items: components["schemas"]["Pending"][];
        };
        /**
         * @description How a change that was accepted stands.
         * @enum {string}
         */
        PendingState: "waiting" | "refused";
        /** @description When you work, in which language your texts are searched, and what counts. */
        Preferences: {
            /**
             * Format: iana-time-zone
             * @description An IANA time zone, by which dates without an offset are read.
             * @example Europe/Berlin
             */
            time_zone: string;
            /**
             * @description When a working day begins, HH:MM.
             * @example 09:00
             */
            work_start: string;
            /**
             * @description When a working day ends, HH:MM up to 24:00; after work_start.
             * @example 17:00
             */
            work_end: string;
            /** @description The days that are worked on, 1 (Monday) to 7 (Sunday); at least one. */
            work_days: number[];
            /**
             * @description In which language texts are searched; simple takes words as they are, in any language.
             * @enum {string}
             */
            search_language: "simple" | "arabic" | "armenian" | "basque" | "catalan" | "danish" | "dutch" | "english" | "estonian" | "finnish" | "french" | "german" | "greek" | "hindi" | "hungarian" | "indonesian" | "irish" | "italian" | "lithuanian" | "nepali" | "norwegian" | "portuguese" | "romanian" | "russian" | "serbian" | "spanish" | "swedish" | "tamil" | "turkish" | "yiddish";
            /** @description What each factor of the ranking counts for. */
            weights: components["schemas"]["Weights"];
        };
        /** @description The answer. */
        Preview: {
            /** @description The first tasks under the weights that were given, best first. */
            items: components["schemas"]["PreviewItem"][];
        };
        /** @description One task of a preview. */
        PreviewItem: {
            /** @description The task. */
            task: components["schemas"]["Task"];
            /**
             * Format: double
             * @description Its score under the weights that were given.
             */
            score: number;
            /**
             * Format: double
             * @description Its score under the present weights.
             */
            was: number;
        };
        /** @description A problem as it is sent. */
        Problem: {
            /** @description Which kind it is: a URN, `urn:mindflow:problem:` and the slug. */
            type: string;
            /** @description The kind's title. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description A sentence that a person or a language model can act on. */
            detail: string;
            /** @description The request's id, to quote when asking for help. */
            request_id: string;
            /** @description For 422: each invalid field. For a batch: each item that was refused, whatever the status. */
            errors?: components["schemas"]["FieldError"][];
        };
        /** @description A project, as answered. */
        Project: {
            /** @description 1–100 characters. */
            name: string;
            /** @description Whether the user has put it away; its tasks stay as they are. */
            archived: boolean;
            /**
             * Format: int64
             * @description Its open tasks.
             */
            open: number;
            /**
             * Format: int64
             * @description Those of them that are overdue.
             */
            overdue: number;
            /**
             * Format: int64
             * @description Its completed tasks.
             */
            completed: number;
        };
        /**
         * @description The fields to change: one that is left out stays as it is.
         * @example {
         *       "archived": true
         *     }
         * @example {
         *       "name": "House and garden"
         *     }
         */
        ProjectPatch: {
            /** @description The new name, of the project and of all its tasks. */
            name?: string;
            /** @description Whether it is put away; its tasks stay as they are. */
            archived?: boolean;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /**
         * @description What a session is carried on with.
         * @example {
         *       "refresh_token": "mfr_mDqYvqIRFQoBLHbJAY2HrcVCU0ysAVA1X5JcFAXtBRc"
         *     }
         */
        Refresh: {
            /** @description The newest refresh token of the session. Leave the body out to renew the dashboard's cookie. */
            refresh_token: string;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description What the edge makes of it (`edge-worker/src/health.rs`); it is only described here. */
        Report: {
            /** @description `ok`, or `degraded` when something behind the edge is away. */
            status: string;
            /** @description The release of the edge. */
            version: string;
            /** @description The edge itself. */
            edge: components["schemas"]["EdgeHealth"];
            /** @description What is behind it. */
            origin: components["schemas"]["Health"];
        };
        /** @description What became of one line, and why, or what of it was not taken. */
        ReportLine: {
            /**
             * Format: int32
             * @description Of a file, its line; of a JSON document, the place of the task in its array, from 1. 0 is the document itself.
             */
            line: number;
            /** @description What was done. */
            outcome: components["schemas"]["LineOutcome"];
            /** @description Why it was skipped, or what of it was changed or left out. */
            because: string | null;
        };
        /**
         * @description A link's token and the new password.
         * @example {
         *       "password": "another long pass phrase",
         *       "token": "mfl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         *     }
         */
        ResetPassword: {
            /**
             * @description What stands behind `#token=` in the link that was sent.
             * @example mfl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
            token: string;
            /**
             * @description 8 to 128 characters, and not a common password.
             * @example a long pass phrase
             */
            password: string;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description A login that holds, as answered. */
        Session: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /** @description In which form it is kept. */
            kind: components["schemas"]["SessionKind"];
            /** @description What the program that logged in called itself. */
            user_agent: string | null;
            /**
             * Format: date-time
             * @description When the login was.
             */
            created_at: string;
            /**
             * Format: date
             * @description The day (UTC) on which it was last used.
             */
            last_used_on: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
        };
        /**
         * @description In which form a login is kept.
         * @enum {string}
         */
        SessionKind: "token" | "cookie";
        /**
         * @description Until when, or for how long; not both. Without either, for three hours.
         * @example {}
         * @example {
         *       "hours": 1.5
         *     }
         * @example {
         *       "until": "2030-01-07"
         *     }
         */
        Snooze: {
            /** @description When it comes back; must lie ahead. */
            until?: components["schemas"]["When"] | null;
            /** @description For how many hours from now; three when neither is given. */
            hours?: number | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description What was done, and what is left, as answered. */
        Stats: {
            /** @description The user's zone, in which days are counted. */
            time_zone: string;
            /** @description The last 30 days up to today, the earliest first. */
            completed_by_day: components["schemas"]["CompletedOnDay"][];
            /**
             * Format: int64
             * @description Days in a row on which something was completed, up to today or, while nothing was completed today, yesterday.
             *     A day off on which nothing was completed is passed over.
             */
            streak_days: number;
            /** @description How many open tasks there are of each priority, `1` to `5`. */
            open_by_priority: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description How many open tasks are overdue.
             */
            overdue: number;
            /** @description Every project by name. */
            by_project: components["schemas"]["Project"][];
            /**
             * Format: double
             * @description How long tasks took, from the last start to being done, against their estimate: 2 is twice as long. The median
             *     of the tasks with an estimate that were started and completed within the last 30 days; null without any.
             */
            estimate_ratio: number | null;
        };
        /** @description A task. */
        Task: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title: string;
            /** @description Notes, up to 10,000 characters. */
            description: string | null;
            /**
             * @description Where the task stands; snoozed until snoozed_until, blocked while a task in depends_on is open.
             * @enum {string}
             */
            status: "pending" | "in_progress" | "completed" | "snoozed" | "blocked";
            /** @description From 1 (nice to have) to 5 (urgent). */
            priority: number;
            /** @description When you plan to have it done: a soft date. */
            due_date: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes: number | null;
            /** @description Up to 20 tags of 1 to 50 characters, without repeats. */
            tags: string[];
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @enum {string}
             */
            recurrence_from: "schedule" | "completion";
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id: string | null;
            /** @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up. */
            depends_on: string[];
            /** @description Whether it is open and past its deadline, or else its due date. */
            overdue: boolean;
            /**
             * Format: date-time
             * @description When it was completed.
             */
            completed_at: string | null;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description Rises by one with every change of this task; the part of its ETag that If-Match compares. */
            version: number;
        };
        /**
         * @description The whole content of a task: a field that is left out, or null, gets its default.
         * @example {
         *       "due_date": "2026-12-01",
         *       "priority": 4,
         *       "title": "Pay the electricity bill"
         *     }
         */
        TaskContent: {
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title: string;
            /** @description Notes, up to 10,000 characters. */
            description?: string | null;
            /**
             * @description Where the task stands. The statuses snoozed and blocked are derived: set snoozed_until or depends_on instead.
             * @default pending
             * @enum {string|null}
             */
            status: "pending" | "in_progress" | "completed" | null;
            /**
             * @description From 1 (nice to have) to 5 (urgent).
             * @default 3
             */
            priority: number | null;
            /** @description When you plan to have it done: a soft date. */
            due_date?: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline?: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date?: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until?: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes?: number | null;
            /**
             * @description Up to 20 tags of 1 to 50 characters, as an array or as one string with commas; trimmed, and without repeats.
             * @default []
             */
            tags: string[] | string | null;
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project?: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time?: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence?: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @default schedule
             * @enum {string|null}
             */
            recurrence_from: "schedule" | "completion" | null;
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id?: string | null;
            /**
             * @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up.
             * @default []
             */
            depends_on: string[] | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description One page of tasks. */
        TaskPage: {
            /** @description The rows of this page. */
            items: components["schemas"]["Task"][];
            /** @description Brings the next page, sent back as the parameter cursor; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description The fields to change: one that is left out stays as it is, null clears it.
         * @example {
         *       "priority": 5
         *     }
         * @example {
         *       "due_date": null,
         *       "tags": "home, garden"
         *     }
         */
        TaskPatch: {
            /**
             * @description What is to be done: 1 to 256 characters, kept as typed but for white space around it.
             * @example Pay the electricity bill
             */
            title?: string;
            /** @description Notes, up to 10,000 characters. */
            description?: string | null;
            /**
             * @description Where the task stands. The statuses snoozed and blocked are derived: set snoozed_until or depends_on instead.
             * @enum {string}
             */
            status?: "pending" | "in_progress" | "completed";
            /** @description From 1 (nice to have) to 5 (urgent). */
            priority?: number;
            /** @description When you plan to have it done: a soft date. */
            due_date?: components["schemas"]["When"] | null;
            /** @description When it must be done at the latest: a hard end. */
            deadline?: components["schemas"]["When"] | null;
            /** @description It is not proposed before this. */
            start_date?: components["schemas"]["When"] | null;
            /** @description It is hidden until this. */
            snoozed_until?: components["schemas"]["When"] | null;
            /** @description How long it will take, in minutes; at most a week, 10,080. */
            effort_estimate_minutes?: number | null;
            /** @description Up to 20 tags of 1 to 50 characters, as an array or as one string with commas; trimmed, and without repeats. */
            tags?: string[] | string | null;
            /**
             * @description The name of its project, 1 to 100 characters; made when first used.
             * @example Garden
             */
            project?: string | null;
            /**
             * @description The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.
             * @enum {string|null}
             */
            preferred_time?: "morning" | "afternoon" | "evening" | null;
            /**
             * Format: rrule
             * @description How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.
             * @example FREQ=WEEKLY;BYDAY=MO,TH
             */
            recurrence?: string | null;
            /**
             * @description What the next occurrence is counted from: the dates of the rule, or the completion.
             * @enum {string|null}
             */
            recurrence_from?: "schedule" | "completion" | null;
            /**
             * Format: uuid
             * @description The task that it is a subtask of: an open one of yours.
             */
            parent_id?: string | null;
            /** @description The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up. */
            depends_on?: string[] | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description The answer to a login. */
        Tokens: {
            /** @description A JWT for `Authorization: Bearer`. */
            access_token: string;
            /** @description Opaque. */
            refresh_token: string;
            /** @description Always `Bearer`. */
            token_type: string;
            /**
             * Format: int32
             * @description Seconds until the access token ends.
             */
            expires_in: number;
        };
        /**
         * @description Nothing is needed: the body may be left out.
         * @example {}
         * @example {
         *       "change_id": "0198c5a0-0000-7000-8000-0000000000aa"
         *     }
         */
        Undo: {
            /**
             * Format: uuid
             * @description Which change; leave it out for the last one that was not undone yet.
             */
            change_id?: string | null;
            /** @description What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal. */
            client_token?: string | null;
        };
        /** @description The answer to an undo. */
        Undone: {
            /**
             * Format: uuid
             * @description The undo's own change; undoing that makes the change once more.
             */
            change_id: string;
            /** @description The tasks that it changed, as they are now; one that is gone again, as it was last. */
            undone: components["schemas"]["Task"][];
        };
        /** @description A user as answered. */
        User: {
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /** @description Lower-case. */
            email: string;
            /** @description Whether the address was confirmed by a link sent to it. */
            email_confirmed: boolean;
            /** @description As typed. */
            full_name: string | null;
            /**
             * Format: date-time
             * @description When the account was made.
             */
            created_at: string;
        };
        /** @description What each factor counts for: 1 is the formula as it is, 0 leaves it out. */
        Weights: {
            urgency: number;
            importance: number;
            fit: number;
            unblocks: number;
            started: number;
            time_of_day: number;
            small: number;
            age: number;
            not_now: number;
        };
        /** @description A day, a wall-clock time or an instant; answered in the form in which it was given. */
        When: string;
    };
    responses: {
        /** @description Accepted while MindFlow's server is away, and applied in its turn when it is back, as of now. GET /api/pending shows it until then. */
        Accepted: {
            headers: {
                Location: components["headers"]["Location"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Pending"];
            };
        };
        /** @description The request is malformed. The body is not JSON; `detail` says where. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. The body is over 256 KiB, or that of an import over 10 MiB. */
        ContentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The credential does not allow this. The credential lacks the scope that `detail` names. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something went wrong on our side. A fault of ours. Quote `request_id` when you report it. */
        Internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Some fields are not valid. Some fields or parameters are not valid, or not known; `errors` names each with its remedy. Nothing changed. */
        Invalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is nothing here. There is nothing of this id or name, or it is not yours. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nothing has changed since the answer with that ETag. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description It has changed since you read it. It has changed since you read it. Read it again and repeat the change with the new ETag. */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. Over a limit, which `detail` names. Wait for `Retry-After` seconds; `RateLimit` says how many requests are left. */
        RateLimited: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A valid credential is needed. There is no credential, or it does not hold any more. Log in and repeat the request. */
        Unauthenticated: {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description MindFlow is temporarily unavailable. A part is away. Repeat the request after `Retry-After` seconds, a change with the same key. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The media type is not supported. The body is not sent as `application/json`. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The credential's id, as in its list. */
        CredentialId: string;
        /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
        IdempotencyKey: string;
        /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
        IfMatch: string;
        /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
        IfNoneMatch: string;
        /** @description The project's name. */
        ProjectName: string;
        /** @description The task's id. */
        TaskId: string;
    };
    requestBodies: never;
    headers: {
        /** @description The version of what was read. Send it back as `If-None-Match` to read again, as `If-Match` to change. */
        ETag: string;
        /** @description There when this is the first answer again. */
        "Idempotency-Replayed": "true";
        /** @description The path of what was created. */
        Location: string;
        /** @description Seconds to wait. */
        "Retry-After": number;
        /** @description How to authenticate: `Bearer`. */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_key_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The JWK set. */
            200: {
                headers: {
                    /** @description Changes with the set. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/jwk-set+json": Record<string, never>;
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_apps_challenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description None is configured. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_apps: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The apps. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    end_app: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The credential's id, as in its list. */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The app may do nothing any more. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirm_email: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmEmail"];
            };
        };
        responses: {
            /** @description The address is confirmed. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            /** @description The address has become another account's. Sign in with it, or choose another. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    forgot_password: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForgotPassword"];
            };
        };
        responses: {
            /** @description If the address has an account, a link is on its way there. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            /** @description This address was given too often. Wait as Retry-After says, or use a link that was sent. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description The tokens. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description The session is in `Set-Cookie`, for `session: "cookie"`. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            /** @description The address or the password is wrong; which, is not said. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The password is right, but the operator has disabled the account. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            /** @description Too many tries have failed: wait `Retry-After` seconds, or reset the password. Or too many have succeeded lately: refresh the sessions that there are. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"];
            };
        };
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    delete_me: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing of the account is left. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    update_me: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeUser"];
            };
        };
        responses: {
            /** @description The account after the change; with the address so far until the new one is confirmed. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            /** @description The password so far was tried too often, or too many links were sent to the new address. Wait as Retry-After says. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description The new tokens. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description The cookie is renewed; `Set-Cookie` has it. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            /** @description The refresh token does not hold, or was used before. Log in again. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The cookie was sent from a page of another origin. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            /** @description Too many refreshes from your address have failed. Wait `Retry-After` seconds, or log in again. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description The new account. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description The address has an account already. Log in, or reset its password. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPassword"];
            };
        };
        responses: {
            /** @description The password is set. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revoke_all: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"];
            };
        };
        responses: {
            /** @description No credential of the account holds any more. Log in again. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_calendar_token: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether there is a token. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarToken"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_calendar_token: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"];
            };
        };
        responses: {
            /** @description The new token, with the address of the feed. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    delete_calendar_token: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The feed is closed. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description There is no token. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_calendar_feed: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calendar. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    export_everything: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    /** @description The name of a file to save it as. */
                    "Content-Disposition"?: string;
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_changes: {
        parameters: {
            query?: {
                /** @description How many changes a page has at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePage"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    import_tasks: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewImport"];
            };
        };
        responses: {
            /** @description What was done, line by line. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_api_keys: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_api_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description The new key, with its secret. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description There are 50 keys that hold already. Delete one that is not needed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            /** @description You have made too many keys lately. Go on with those that you have, or wait `Retry-After` seconds. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    delete_api_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The credential's id, as in its list. */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    open_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The socket is open. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request asks for no WebSocket. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            /** @description A problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_pending: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them; mostly none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_preferences: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The preferences. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    replace_preferences: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewPreferences"];
            };
        };
        responses: {
            /** @description The preferences after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    preview_weights: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPreview"];
            };
        };
        responses: {
            /** @description The first tasks under these weights. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_projects: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The projects. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The project's name. */
                name: components["parameters"]["ProjectName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The project. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    update_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The project's name. */
                name: components["parameters"]["ProjectName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProjectPatch"];
            };
        };
        responses: {
            /** @description The project after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description Another project has this name. Choose another one, or move the tasks one by one. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"][];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The credential's id, as in its list. */
                id: components["parameters"]["CredentialId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_stats: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statistics. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_tasks: {
        parameters: {
            query?: {
                /** @description Only tasks that are read with this status; repeat it for several. */
                status?: ("pending" | "in_progress" | "completed" | "snoozed" | "blocked")[];
                /** @description Only tasks with this tag. */
                tag?: string;
                /** @description Only tasks of this project. */
                project?: string;
                /** @description Only subtasks of this task. */
                parent_id?: string;
                /** @description Only tasks with this priority or a higher one. */
                priority_min?: number;
                /** @description Only tasks that are due before this; before a day means before it begins. */
                due_before?: components["schemas"]["When"];
                /** @description Only tasks that are due after this; after a day means after it ends. */
                due_after?: components["schemas"]["When"];
                /** @description What the tasks are ordered by, with - before it for descending; those without a due date come last both ways. The score is of open tasks only, as of the first page. */
                sort?: "score" | "due_date" | "priority" | "created_at" | "updated_at" | "-score" | "-due_date" | "-priority" | "-created_at" | "-updated_at";
                /** @description How many tasks a page has at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same other parameters. */
                cursor?: string;
            };
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTask"];
            };
        };
        responses: {
            /** @description The new task. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description A task with this id exists already, or did. Leave the id out to have one made. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    change_tasks: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Batch"];
            };
        };
        responses: {
            /** @description The tasks after all changes. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description An item is about none of your tasks. Nothing changed. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description An item makes a task whose id exists, completes one with open subtasks without `cascade`, or snoozes a completed one. Nothing changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description An item gives a version that its task does not have any more. Nothing changed. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_best_task: {
        parameters: {
            query?: {
                /** @description How many tasks to name: the best one, and up to one less of runners-up. */
                limit?: number;
                /** @description How many minutes are free now, so that a task that fits is preferred. */
                available_minutes?: number;
                /** @description Only tasks with this tag are named and counted. */
                tag?: string;
                /** @description Only tasks of this project are named and counted. */
                project?: string;
            };
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What to do next, and why. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Best"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    search_tasks: {
        parameters: {
            query: {
                /** @description The words to find, all of them; each may be the beginning of a word. Signs part words and mean nothing else. */
                q: string;
                /** @description How many tasks a page has at most. */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same `q`. */
                cursor?: string;
            };
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page; nothing found is an empty one. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    replace_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskContent"];
            };
        };
        responses: {
            /** @description The task after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description It would be completed, and has open subtasks. Complete them first, or all at once with `cascade`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    delete_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    update_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskPatch"];
            };
        };
        responses: {
            /** @description The task after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description It would be completed, and has open subtasks. Complete them first, or all at once with `cascade`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    complete_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Complete"];
            };
        };
        responses: {
            /** @description The task after the change, and what comes after it. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompletedTask"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description It has open subtasks. Complete them first, or all at once with `cascade`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    put_off_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"];
            };
        };
        responses: {
            /** @description The task after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The task is completed. Reopen it first. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_occurrences: {
        parameters: {
            query?: {
                /** @description How many dates to give at most. */
                count?: number;
            };
            header?: {
                /** @description The ETag that you have: while nothing has changed, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The next dates. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Occurrences"];
                };
            };
            304: components["responses"]["NotModified"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    reopen_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"];
            };
        };
        responses: {
            /** @description The task after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    snooze_task: {
        parameters: {
            query?: {
                /** @description For how many hours, for clients that send no body; not together with `until` or `hours` in the body. */
                hours?: number;
            };
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Snooze"];
            };
        };
        responses: {
            /** @description The task after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The task is completed. Reopen it first. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    start_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The task's id. */
                id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"];
            };
        };
        responses: {
            /** @description The task after the change. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The task is completed. Reopen it first. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    undo_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Undo"];
            };
        };
        responses: {
            /** @description It is undone. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Undone"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description There is no such change of yours, or it is over 30 days old. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A later change stands against it, or it was undone already; `detail` says which change to undo. Or nothing is left to undo. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description Changes with the page. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            500: components["responses"]["Internal"];
            /** @description The origin or its database is away. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
        };
    };
    get_actions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    /** @description Changes with the document. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    /** @description Changes with the document. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_privacy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description Changes with the page. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    get_terms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description Changes with the page. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
}
