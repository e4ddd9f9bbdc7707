//! What customers read. A new text is a row here; the page about rules and the schema name it, too.

/// Hands its rows to the next macro, before those that it has itself.
macro_rules! for_customers {
    ($next:ident $last:ident) => { $next! { $last
    Greeting "greeting" to Customer off true with [Queue] {
        "Sent when a conversation opens."
        "Olá! Você já está na fila de atendimento. Em instantes alguém vai falar com você."
        "Hello! You are in the queue now. Someone will be with you in a moment."
        "¡Hola! Ya está en la fila de atención. En un momento alguien hablará con usted."
    }
    AgentJoined "agent_joined" to Customer off true with [Agent, Queue] {
        "Sent when the first agent takes the conversation, and when a later one first writes."
        "Você está falando com {agent}."
        "You are talking to {agent}."
        "Está hablando con {agent}."
    }
    Closing "closing" to Customer off true with [Queue] {
        "Sent when the conversation closes."
        "O atendimento foi encerrado. Obrigado pelo contato!"
        "This conversation has been closed. Thank you for contacting us!"
        "La conversación ha terminado. ¡Gracias por comunicarse!"
    }
    QueuePosition "queue_position" to Customer off true with [Position] {
        "The place in the queue, where the helpdesk tells it."
        "Você é o número {position} da fila."
        "You are number {position} in the queue."
        "Usted es el número {position} de la fila."
    }
    WaitRange "wait_range" to Customer off true with [From, To, Queue] {
        "Sent once at the beginning: how long the last conversations waited."
        "Nas últimas conversas a espera foi de {from} a {to} minutos."
        "In the last conversations the wait was {from} to {to} minutes."
        "En las últimas conversaciones la espera fue de {from} a {to} minutos."
    }
    WaitLong "wait_long" to Customer off true with [Queue] {
        "Sent once at the beginning: the wait may be over an hour."
        "A espera pode passar de uma hora. Responderemos por aqui assim que possível."
        "The wait may be more than an hour. We will answer here as soon as we can."
        "La espera puede superar una hora. Responderemos por aquí en cuanto sea posible."
    }
    NextInLine "next_in_line" to Customer off true with [Queue] {
        "The customer is the next in the queue, where the helpdesk tells it."
        "Você é o próximo."
        "You are next."
        "Usted es el siguiente."
    }
    NobodyThere "nobody_there" to Customer off true with [Queue] {
        "A bot asks before the hand-over: it is open, and nobody is online, where the helpdesk tells it."
        "Não há ninguém disponível no momento. A resposta pode demorar."
        "Nobody is available at the moment. It may take a while until someone answers."
        "No hay nadie disponible en este momento. La respuesta puede tardar."
    }
    OutsideHours "outside_hours" to Customer off true with [OpensAt, Queue] {
        "Sent when a conversation begins outside the hours."
        "Estamos fora do horário de atendimento. Voltamos {opens_at}."
        "We are closed at the moment. We will be back {opens_at}."
        "En este momento estamos fuera del horario de atención. Volvemos {opens_at}."
    }
    Callback "callback" to Customer off true with [OpensAt, Queue] {
        "Sent when a conversation begins outside the hours and the customer is called back."
        "Estamos fora do horário de atendimento. Recebemos a sua mensagem e responderemos por aqui quando voltarmos, {opens_at}."
        "We are closed at the moment. We have your message, and will write to you here when we are back, {opens_at}."
        "En este momento estamos fuera del horario de atención. Recibimos su mensaje y le escribiremos por aquí cuando volvamos, {opens_at}."
    }
    StillSearching "still_searching" to Customer off true with [Queue] {
        "Nobody has answered for a while."
        "Ainda estamos procurando alguém para atender você."
        "We are still looking for someone to help you."
        "Todavía estamos buscando a alguien que lo atienda."
    }
    NoAgentNow "no_agent_now" to Customer off false with [Queue] {
        "Nobody answered, and the customer goes back to the bot."
        "Não conseguimos ninguém agora. Você pode tentar de novo mais tarde."
        "We could not find anyone right now. Please try again later."
        "No encontramos a nadie en este momento. Puede intentarlo de nuevo más tarde."
    }
    InactiveWarning "inactive_warning" to Customer off true with [Minutes, Time] {
        "The customer has said nothing for a while."
        "Você ainda está aí? A conversa será encerrada em {time}."
        "Are you still there? This conversation will be closed in {time}."
        "¿Sigue ahí? La conversación se cerrará en {time}."
    }
    InactiveClosed "inactive_closed" to Customer off true with [] {
        "The conversation is closed because the customer said nothing."
        "Encerramos a conversa por falta de resposta."
        "We have closed this conversation, as we had no answer."
        "Cerramos la conversación por falta de respuesta."
    }
    EndQuestion "end_question" to Customer off false with [] {
        "The customer wrote an ending word."
        "Quer encerrar o atendimento? Responda SIM para encerrar."
        "Do you want to end this conversation? Answer YES to end it."
        "¿Quiere terminar la atención? Responda SÍ para terminar."
    }
    Transferred "transferred" to Customer off true with [Queue] {
        "The conversation went to another queue."
        "Você foi encaminhado para {queue}."
        "You have been transferred to {queue}."
        "Fue derivado a {queue}."
    }
    RatingQuestion "rating_question" to Customer off false with [Agent, Queue] {
        "Ponte asks for a rating."
        "De 1 a 5, como foi o atendimento?"
        "From 1 to 5, how was our service?"
        "Del 1 al 5, ¿cómo fue la atención?"
    }
    RatingThanks "rating_thanks" to Customer off true with [] {
        "The customer answered with a rating."
        "Obrigado pela avaliação!"
        "Thank you for your rating!"
        "¡Gracias por su calificación!"
    }
    NoAnswer "no_answer" to Customer off true with [] {
        "Sent when an assistant behind the helpdesk has no answer."
        "Não tivemos uma resposta agora. Por favor, tente de outra forma."
        "I have no answer to that. Please try asking in another way."
        "No tuvimos una respuesta ahora. Por favor, inténtelo de otra forma."
    }
    NotDelivered "not_delivered" to Customer off false with [] {
        "The customer's last message could not be delivered."
        "Não conseguimos entregar a sua última mensagem. Por favor, tente enviá-la de outra forma."
        "We could not deliver your last message. Please try to send it in another way."
        "No pudimos entregar su último mensaje. Por favor, intente enviarlo de otra forma."
    }
    NotOpened "not_opened" to Customer off false with [] {
        "The conversation could not be opened."
        "Não conseguimos abrir o seu atendimento. Por favor, fale conosco por outro canal ou tente de novo mais tarde."
        "We could not open your request. Please contact us in another way, or try again later."
        "No pudimos abrir su atención. Por favor, contáctenos por otro medio o inténtelo más tarde."
    }
    NotRead "not_read" to Customer off false with [] {
        "The last message came after the end of the conversation."
        "A sua última mensagem chegou quando o atendimento já tinha sido encerrado e pode não ser lida. Se ainda precisar de ajuda, escreva de novo."
        "Your last message came when the conversation had already been closed, and may not be read. If you still need help, please write again."
        "Su último mensaje llegó cuando la conversación ya estaba cerrada y puede que nadie lo lea. Si todavía necesita ayuda, escriba de nuevo."
    }
    } };
}
