//! Who calls a furniture shop, and what is said. Names are made up; the numbers are of the kind that is never assigned.

pub(super) const FIRST: [&str; 32] = [
    "Ana", "Ben", "Carla", "Diego", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Keiko", "Luis", "Marta",
    "Noah", "Olivia", "Pavel", "Quinn", "Rosa", "Stefan", "Tara", "Uma", "Victor", "Wendy", "Ximena", "Yusuf", "Zoe",
    "Amara", "Bruno", "Chloe", "Daniel", "Emre", "Fiona",
];

pub(super) const LAST: [&str; 32] = [
    "Alvarez",
    "Becker",
    "Castillo",
    "Dawson",
    "Eriksen",
    "Fontaine",
    "Garcia",
    "Hughes",
    "Ivanova",
    "Jensen",
    "Kim",
    "Lopez",
    "Moreau",
    "Nakamura",
    "O'Brien",
    "Petrov",
    "Quiroga",
    "Rossi",
    "Santos",
    "Tanaka",
    "Usman",
    "Vega",
    "Walker",
    "Xu",
    "Young",
    "Zimmermann",
    "Acosta",
    "Bauer",
    "Chen",
    "Duarte",
    "Evans",
    "Fischer",
];

/// Area codes around the bay; 555-0100 to 555-0199 belong to nobody in each.
pub(super) const AREAS: [&str; 5] = ["408", "510", "628", "650", "925"];

/// What a conversation is about. In `said`, `true` is our side.
pub(super) struct Topic {
    pub(super) purpose: &'static str,
    pub(super) said: &'static [(bool, &'static str)],
    pub(super) summary: &'static str,
    pub(super) outcome: &'static str,
    pub(super) action: &'static str,
    pub(super) voicemail: &'static str,
    /// A question by text and its answer, and perhaps what follows.
    pub(super) texts: &'static [&'static str],
}

pub(super) const TOPICS: [Topic; 8] = [
    Topic {
        purpose: "Reschedule a delivery",
        said: &[
            (true, "Example Co, good morning, how can I help?"),
            (false, "Hi, my sofa is coming on Tuesday and I have to be at work. Could it come another day?"),
            (true, "Of course. May I have the order number?"),
            (false, "It is four four one seven."),
            (true, "Thank you. Thursday between nine and twelve is free, or Friday afternoon."),
            (false, "Thursday morning is perfect."),
            (true, "Then I have moved it to Thursday, and you will get a text when the driver sets off."),
            (false, "Great, thank you so much."),
        ],
        summary: "The customer cannot be at home on Tuesday and asked for another day. The delivery of order 4417 was moved to \
                  Thursday between 9 and 12.",
        outcome: "Delivery rescheduled",
        action: "Send a confirmation for Thursday morning",
        voicemail: "Hi, I am calling about my delivery on Tuesday. I will not be at home, could you move it to Thursday? Thank \
                    you.",
        texts: &[
            "Hi, can my delivery come on Thursday instead of Tuesday?",
            "Sure, Thursday between 9 and 12 works. Shall I book it?",
            "Yes please!",
        ],
    },
    Topic {
        purpose: "Ask where an order is",
        said: &[
            (true, "Example Co, customer care. What can I do for you?"),
            (false, "I ordered a dining table three weeks ago and have not heard anything since."),
            (true, "Let me look that up. Under which name was it?"),
            (false, "It should be under my phone number."),
            (true, "I see it. The table is finished and left the workshop yesterday. It will be with us on Monday."),
            (false, "And when would it be delivered?"),
            (true, "Two days later. I will send you the time as soon as the route is planned."),
        ],
        summary: "The customer asked about a dining table that was ordered three weeks ago. It left the workshop and will be \
                  delivered in the middle of next week.",
        outcome: "Customer informed",
        action: "Send the delivery time once the route is planned",
        voicemail: "Hello, I ordered a table some weeks ago and wonder when it will come. Please call me back.",
        texts: &["Is my order on the way?", "It is. The driver should be with you between 2 and 4 this afternoon."],
    },
    Topic {
        purpose: "Get a quote",
        said: &[
            (true, "Example Co, how can I help you?"),
            (false, "We are furnishing a small office and need twelve desks and chairs. Do you do that?"),
            (true, "We do. Have you seen something on our site that you like?"),
            (false, "The oak ones, one forty by seventy. What would twelve of them cost?"),
            (true, "For twelve with chairs there is a discount of eight per cent. I can send you a quote today."),
            (false, "Please do. We need them by the end of next month."),
            (true, "That is possible if we hear from you within a week."),
        ],
        summary: "A new customer wants twelve oak desks with chairs for an office by the end of next month. A quote with 8 % off \
                  was promised for today.",
        outcome: "Quote requested",
        action: "Send a quote for twelve desks and chairs",
        voicemail: "Good afternoon, we are looking for twelve desks for our office and would like a quote. You can reach me on \
                    this number until six.",
        texts: &[
            "Do you have the oak desk in 160 cm?",
            "We do, in oak and in walnut. Delivery takes three weeks.",
            "Thanks, I will come by.",
        ],
    },
    Topic {
        purpose: "Report a damaged item",
        said: &[
            (true, "Example Co, customer care."),
            (false, "The shelf that came this morning has a deep scratch along one side."),
            (true, "I am sorry to hear that. Could you send us a photo by text?"),
            (false, "Yes. Can I get another one?"),
            (true, "Certainly. We will bring a new side panel on Wednesday and take the old one with us."),
            (false, "Good, thank you."),
        ],
        summary: "A shelf arrived with a scratched side panel. A replacement will be brought on Wednesday.",
        outcome: "Replacement agreed",
        action: "Order a side panel and plan the visit on Wednesday",
        voicemail: "Hi, the shelf you brought today is scratched. I would like another one. Please call me.",
        texts: &[
            "The shelf arrived scratched, what can I do?",
            "Sorry about that! Please send a photo, and we will bring a new panel.",
            "Sent it by e-mail.",
            "Got it. Wednesday at 10, is that all right?",
        ],
    },
    Topic {
        purpose: "Question about an invoice",
        said: &[
            (true, "Example Co, good afternoon."),
            (false, "I have been charged twice for the same lamp."),
            (true, "Let me see. Yes, there are two payments on the twelfth. One of them is a mistake of ours."),
            (false, "Will I get it back?"),
            (true, "I have refunded it just now. It takes three to five days to reach your card."),
            (false, "All right, thanks for the quick help."),
        ],
        summary: "A lamp was charged twice. The second payment was refunded during the call.",
        outcome: "Refund made",
        action: "Check that the refund arrived",
        voicemail: "Hello, I believe that you charged my card twice. Could somebody from accounting call me back, please?",
        texts: &["I was charged twice for order 3902", "You are right, the second payment was refunded today."],
    },
    Topic {
        purpose: "Plan a visit",
        said: &[
            (true, "Example Co, hello."),
            (false, "Are you open on Saturday? I would like to try some mattresses."),
            (true, "We are, from ten to four. Shall I book half an hour with somebody who knows them?"),
            (false, "Yes, at eleven if possible."),
            (true, "Eleven it is. Ask for Robin when you arrive."),
        ],
        summary: "The customer wants to try mattresses. A visit was booked for Saturday at 11 with Robin.",
        outcome: "Visit booked",
        action: "Put the visit into Robin's calendar",
        voicemail: "Hi, I would like to come by on Saturday to look at mattresses. Are you open? Thanks.",
        texts: &[
            "Are you open on Sunday?",
            "Only on Saturday, from 10 to 4. Shall I book you a slot?",
            "11 would be great",
        ],
    },
    Topic {
        purpose: "Book an assembly",
        said: &[
            (true, "Example Co, what can I do for you?"),
            (false, "I bought a wardrobe from you and cannot put it together by myself."),
            (true, "We can send two people. It costs eighty dollars and takes about two hours."),
            (false, "That is fine. When could they come?"),
            (true, "On Friday at nine, or on Monday at two."),
            (false, "Friday, please."),
        ],
        summary: "The customer needs help with a wardrobe. An assembly was booked for Friday at 9 for 80 dollars.",
        outcome: "Assembly booked",
        action: "Assign two people for Friday at 9",
        voicemail: "Hello, do you also put up what you sell? I have a wardrobe here and no idea. Please call back.",
        texts: &["Can somebody assemble my wardrobe?", "Yes, on Friday at 9 or Monday at 2. It is $80."],
    },
    Topic {
        purpose: "Offer from a supplier",
        said: &[
            (true, "Example Co, how may I help?"),
            (false, "I am calling from a carpentry in Oakland. Who is responsible for purchasing at your place?"),
            (true, "That would be Sam. Shall I have Sam call you back?"),
            (false, "Yes, this afternoon would be good."),
        ],
        summary: "A carpentry from Oakland asked for purchasing. Sam is to call back this afternoon.",
        outcome: "Call back agreed",
        action: "Ask Sam to call back this afternoon",
        voicemail: "Good morning, this is a carpentry in Oakland. We would like to show you our new oak range. Please call back.",
        texts: &["Who can I talk to about purchasing?", "That is Sam, on this number from 1 pm."],
    },
];
