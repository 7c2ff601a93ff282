%% Messages between two processes of one scheduler, as Erlang's users would send them.
%%   erl +S 1 -noshell -run beam main SECONDS SHAPE FLOOD
%% tell: casts, in floods with a call after each so that the receiver has had them all.
%% ask: calls one after the other. Shape "plain" is a loop of its own; "otp" is a gen_server.
-module(beam).
-export([main/1, init/1, handle_call/3, handle_cast/2]).

main([Seconds, Shape, FloodSize]) ->
    Flood = list_to_integer(FloodSize),
    Span = erlang:convert_time_unit(list_to_integer(Seconds) * 1000, millisecond, native),
    {Tell, Ask, Stop} = contender(Shape),
    _ = tells(Tell, Ask, Flood, until(Span div 4), 0),
    _ = asks(Ask, until(Span div 4), 0),
    TellPerS = measured(fun(Until) -> tells(Tell, Ask, Flood, Until, 0) end, Span),
    AskPerS = measured(fun(Until) -> asks(Ask, Until, 0) end, Span),
    Stop(),
    io:format("{\"tell_per_s\":~b,\"ask_per_s\":~b}~n", [TellPerS, AskPerS]),
    halt().

until(Span) -> erlang:monotonic_time() + Span.

measured(Run, Span) ->
    Began = erlang:monotonic_time(),
    Count = Run(Began + Span),
    Took = erlang:monotonic_time() - Began,
    round(Count / (Took / erlang:convert_time_unit(1, second, native))).

tells(Tell, Ask, Flood, Until, Count) ->
    case erlang:monotonic_time() > Until of
        true -> Count;
        false ->
            flood(Tell, Flood - 1),
            Ask(1),
            tells(Tell, Ask, Flood, Until, Count + Flood)
    end.

flood(_Tell, 0) -> ok;
flood(Tell, N) -> Tell(1), flood(Tell, N - 1).

asks(Ask, Until, Count) ->
    case erlang:monotonic_time() > Until of
        true -> Count;
        false -> hundred(Ask, 100), asks(Ask, Until, Count + 100)
    end.

hundred(_Ask, 0) -> ok;
hundred(Ask, N) -> Ask(1), hundred(Ask, N - 1).

contender("plain") ->
    Pid = spawn(fun() -> loop(0) end),
    Tell = fun(By) -> Pid ! {add, By} end,
    Ask = fun(By) ->
        Ref = make_ref(),
        Pid ! {add, By, self(), Ref},
        receive {Ref, Sum} -> Sum after 30000 -> exit(timeout) end
    end,
    {Tell, Ask, fun() -> exit(Pid, kill) end};
contender("otp") ->
    {ok, Pid} = gen_server:start(?MODULE, 0, []),
    {fun(By) -> gen_server:cast(Pid, {add, By}) end,
     fun(By) -> gen_server:call(Pid, {add, By}, 30000) end,
     fun() -> gen_server:stop(Pid) end}.

loop(Sum) ->
    receive
        {add, By} -> loop(Sum + By);
        {add, By, From, Ref} -> From ! {Ref, Sum + By}, loop(Sum + By)
    end.

init(Sum) -> {ok, Sum}.
handle_call({add, By}, _From, Sum) -> {reply, Sum + By, Sum + By}.
handle_cast({add, By}, Sum) -> {noreply, Sum + By}.
