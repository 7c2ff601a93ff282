%% Plays one scenario on OTP's supervisors and tells what happened, as lines.
%%
%% The emulator runs one scheduler. Everything of a scenario runs at high priority and the player at normal priority, so
%% the player goes on only when nothing of the scenario can run any more: no sleeps, and the same lines every time.
%% Events of one moment are handed over without a pause: their order is the order in which they were handed over.
-module(player).
-export([play/1, stopped/2, died/2, start_sup/2, start_worker/1, start_worker/2, init/1]).

play(#{root := Root, moments := Moments}) ->
    [fresh(Table) || Table <- [player_log, player_pids, player_paths, player_starts]],
    virtual_time:reset(),
    Holder = high(fun() -> hold(Root) end),
    settle(),
    moment(0),
    lists:foreach(fun(#{at := At, events := Events}) ->
        virtual_time:move_to(At),
        erlang:yield(),
        [event(Event, Holder) || Event <- Events],
        settle(),
        moment(At)
    end, Moments),
    Lines = [Line || {_, Line} <- ets:tab2list(player_log)],
    exit(Holder, kill),
    [exit(Pid, kill) || {Pid, _} <- ets:tab2list(player_pids)],
    settle(),
    Lines.

fresh(Table) ->
    case ets:info(Table) of
        undefined -> ets:new(Table, [named_table, public, ordered_set]);
        _ -> ets:delete_all_objects(Table)
    end.

%% Until nothing runs and no timer is left: what is slow to stop has stopped, or was killed.
settle() ->
    erlang:yield(),
    case virtual_time:fire_next() of
        true -> settle();
        false -> ok
    end.

high(Fun) -> spawn_opt(Fun, [{priority, high}]).

%% Stands where an application master stands: starts the root, hears its end, tells it to stop.
hold(Root) ->
    process_flag(trap_exit, true),
    case start_sup(Root, "") of
        {ok, Pid} -> held(Pid);
        {error, _} -> line("root failed")
    end.

held(Root) ->
    receive
        stop -> exit(Root, shutdown), held(Root);
        {'EXIT', Root, Reason} ->
            ets:delete(player_paths, r),
            line(["root ended ", reason(Reason)])
    end.

event(#{do := stop}, Holder) -> Holder ! stop;
event(#{do := exit, path := Path, reason := Reason}, _) ->
    case ets:lookup(player_paths, Path) of
        [{_, Pid}] when Reason =:= kill -> exit(Pid, kill);
        [{_, Pid}] -> Pid ! {leave, Reason};
        [] -> ok
    end;
event(#{do := Call, sup := Sup} = Event, _) ->
    case ets:lookup(player_paths, Sup) of
        [{_, Pid}] -> high(fun() -> line(["call ", text(Sup), " ", text(Call), " ", named(Event), " ", called(Pid, Event)]) end);
        [] -> ok
    end.

named(#{child := #{id := Id}}) -> text(Id);
named(#{id := Id}) -> text(Id).

called(Pid, Event) ->
    try
        {Function, Argument} = request(Event),
        result(virtual_supervisor:Function(Pid, Argument))
    catch
        exit:_ -> "gone"
    end.

request(#{do := start_child, dynamic := true, child := Child}) -> {start_child, [Child]};
request(#{do := start_child, sup := Sup, child := Child}) -> {start_child, spec(Child, Sup)};
request(#{do := terminate_child, dynamic := true, sup := Sup, id := Id}) ->
    case ets:lookup(player_paths, below(Sup, Id)) of
        [{_, Pid}] -> {terminate_child, Pid};
        % Unknown to the supervisor too, and it may have ended meanwhile: it is asked, about somebody who is no child.
        [] -> {terminate_child, self()}
    end;
request(#{do := Call, id := Id}) -> {Call, Id}.

result(ok) -> "ok";
result({ok, undefined}) -> "ignored";
result({ok, _Pid}) -> "ok";
result({error, already_present}) -> "exists";
result({error, {already_started, _}}) -> "exists";
result({error, Known}) when Known =:= not_found; Known =:= running; Known =:= restarting -> atom_to_list(Known);
result({error, _}) -> "failed".

%% Supervisors: the callback's argument is the node of the tree itself.
start_sup(#{id := Id} = Node, Parent) ->
    Path = below(Parent, Id),
    Started = virtual_supervisor:start_link(?MODULE, {Path, Node}),
    case Started of
        {ok, _} -> line(["start ", text(Path), " ok"]);
        {error, _} ->
            ets:delete(player_paths, Path),
            line(["start ", text(Path), " fail"])
    end,
    Started.

init({Path, #{strategy := simple_one_for_one, template := Template} = Node}) ->
    known(Path, self()),
    #{restart := Restart, shutdown := Shutdown, significant := Significant} = Template,
    Start = {?MODULE, start_worker, [Path]},
    {ok, {flags(Node), [#{id => template, start => Start, restart => Restart, shutdown => Shutdown, significant => Significant}]}};
init({Path, #{children := Children} = Node}) ->
    known(Path, self()),
    {ok, {flags(Node), [spec(Child, Path) || Child <- Children]}}.

flags(Node) ->
    #{strategy := Strategy, intensity := Intensity, period := Period, auto_shutdown := Auto} = Node,
    #{strategy => Strategy, intensity => Intensity, period => Period, auto_shutdown => Auto}.

spec(#{id := Id, kind := Kind, restart := Restart, shutdown := Shutdown, significant := Significant} = Node, Parent) ->
    Start = case Kind of
        sup -> {?MODULE, start_sup, [Node, Parent]};
        worker -> {?MODULE, start_worker, [{Node, Parent}]}
    end,
    Type = case Kind of sup -> supervisor; worker -> worker end,
    #{id => Id, start => Start, restart => Restart, shutdown => Shutdown, significant => Significant, type => Type}.

start_worker(Parent, Node) -> start_worker({Node, Parent}).

%% The n-th start does what its script says for the n-th; beyond its end every start succeeds.
start_worker({#{id := Id, starts := Script, stopping := Stopping}, Parent}) ->
    Path = below(Parent, Id),
    Nth = ets:update_counter(player_starts, Path, 1, {Path, 0}),
    Outcome = case Nth =< length(Script) of
        true -> lists:nth(Nth, Script);
        false -> ok
    end,
    line(["start ", text(Path), " ", text(Outcome)]),
    case Outcome of
        ok ->
            Supervisor = self(),
            Pid = spawn_opt(fun() -> work(Supervisor, Stopping) end, [link, {priority, high}]),
            known(Path, Pid),
            receive {ready, Pid} -> {ok, Pid} end;
        ignore -> ignore;
        fail -> {error, refused}
    end.

work(Supervisor, Stopping) ->
    process_flag(trap_exit, true),
    Supervisor ! {ready, self()},
    receive
        {leave, Reason} -> exit(Reason);
        {'EXIT', Supervisor, _} -> leave(Stopping)
    end.

leave(prompt) -> exit(shutdown);
leave(crash) -> exit(boom);
leave(stuck) -> receive never -> ok end;
leave(Ms) ->
    Timer = virtual_time:start_timer(Ms, self(), leave),
    receive {timeout, Timer, leave} -> exit(shutdown) end.

stopped(Pid, Reason) -> ended("stop ", Pid, Reason).

died(Pid, Reason) -> ended("died ", Pid, Reason).

%% A supervisor whose start failed has said so already, and its exit is heard later: nobody knows it any more then.
ended(How, Pid, Reason) ->
    [{_, Path}] = ets:lookup(player_pids, Pid),
    case ets:lookup(player_paths, Path) of
        [{_, Pid}] ->
            ets:delete(player_paths, Path),
            line([How, text(Path), " ", reason(Reason)]);
        _ -> ok
    end.

reason({shutdown, _}) -> "shutdown";
reason(Reason) when is_atom(Reason) -> atom_to_list(Reason);
reason(_) -> "crash".

known(Path, Pid) ->
    ets:insert(player_pids, {Pid, Path}),
    ets:insert(player_paths, {Path, Pid}).

%% What stands at the end of a moment, from the root down, children in start order.
moment(At) ->
    line(["at ", integer_to_list(At)]),
    case ets:lookup(player_paths, r) of
        [{_, Pid}] -> is_process_alive(Pid) andalso stands(r, Pid);
        [] -> ok
    end.

stands(Path, Pid) ->
    Children = lists:reverse(virtual_supervisor:which_children(Pid)),
    Shown = lists:map(fun({Id, Child, _, _}) -> shown(Path, Id, Child) end, Children),
    Counts = [[" ", atom_to_list(What), "=", integer_to_list(Count)] || {What, Count} <- virtual_supervisor:count_children(Pid)],
    % A dynamic supervisor's children have no order.
    Ordered = case Children of [{undefined, _, _, _} | _] -> lists:sort(Shown); _ -> Shown end,
    line(["children ", text(Path), Ordered]),
    line(["count ", text(Path), Counts]),
    [stands(below(Path, Id), Child) || {Id, Child, supervisor, _} <- Children, is_pid(Child)].

shown(_, undefined, Pid) when is_pid(Pid) ->
    [{_, Path}] = ets:lookup(player_pids, Pid),
    [" ", lists:last(string:split(text(Path), ".", all)), "=running"];
shown(_, undefined, Other) -> [" ?=", text(Other)];
shown(_, Id, Pid) when is_pid(Pid) -> [" ", text(Id), "=running"];
shown(_, Id, undefined) -> [" ", text(Id), "=down"];
shown(_, Id, restarting) -> [" ", text(Id), "=restarting"].

below("", Id) -> Id;
below(Parent, Id) -> list_to_atom(text(Parent) ++ "." ++ text(Id)).

text(Atom) -> atom_to_list(Atom).

line(Text) -> ets:insert(player_log, {erlang:unique_integer([monotonic]), lists:flatten(Text)}).
